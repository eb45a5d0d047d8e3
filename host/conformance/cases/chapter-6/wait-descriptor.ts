/** The invalidation wait descriptor (§6.5.2.9) and its event (§6.5.2.10). */
import type { Bench } from "../../bench/bench.js";
import { EVENT_MESSAGES } from "../../bench/events.js";
import { descriptor, statusWait } from "../../bench/invalidation.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";

const QUEUE = { capabilities: ["QI"] };
const EVENT = joined(QUEUE, { abilities: ["interrupts"] });
const word = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);

/** A queue whose event is not masked. */
async function startWithEvent(bench: Bench): Promise<void> {
  await bench.queue.start();
  await bench.events.unmask("invalidation");
}

async function interruptCount(bench: Bench): Promise<number> {
  return (await bench.events.interrupts()).length;
}

const status = casesOf("6.5.2.9", [
  {
    id: "status-is-one-dword",
    title: "SW writes the four bytes of the status data, and none beside them",
    needs: QUEUE,
    async steps(bench) {
      const page = bench.page();
      const expected = bench.memory.readBytes(page, 4096);
      await bench.queue.start();
      for (const [offset, data] of [
        [0x000, 0x0102_0304],
        [0x044, 0xffff_ffff],
        [0x108, 0x8000_0001],
        [0xffc, 0x5a5a_a5a5],
      ] as const) {
        expected.set(word(data), offset);
        await bench.queue.run(statusWait(page + BigInt(offset), data));
        await bench.expect.memory(`after offset 0x${offset.toString(16)}`, page, expected);
      }
    },
  },
  {
    id: "status-of-zero",
    title: "Status data of 0 is written like any other",
    needs: QUEUE,
    async steps(bench) {
      const page = bench.page();
      await bench.queue.start();
      await bench.queue.run(statusWait(page, 0));
      await bench.expect.memory("status", page, word(0));
    },
  },
  {
    id: "upper-status-address-ignored",
    title: "Bits of the status address from the host address width up are ignored",
    needs: QUEUE,
    async steps(bench) {
      const page = bench.page();
      await bench.queue.start();
      for (let bit = bench.hostAddressWidth; bit < 64; bit++) {
        const address = page | (1n << BigInt(bit));
        await bench.queue.run(statusWait(address, 0x100 + bit));
        await bench.expect.memory(`address bit ${bit}`, page, word(0x100 + bit));
      }
    },
  },
  {
    id: "no-status-without-sw",
    title: "Without SW status address and data are ignored",
    needs: QUEUE,
    async steps(bench) {
      const page = bench.page();
      const before = bench.memory.readBytes(page, 64);
      await bench.queue.start();
      const fields = { STATUS_ADDR: page, STATUS_DATA: 0x1234_5678 };
      await bench.queue.run(descriptor("WAIT", fields));
      await bench.expect.memory("the page", page, before);
      const everywhere = { STATUS_ADDR: 0xffff_ffff_ffff_fffcn, STATUS_DATA: 0xffff_ffff };
      await bench.queue.run(descriptor("WAIT", everywhere));
      await bench.expect.register("FSTS", { IQE: 0 });
    },
  },
  {
    id: "no-flags",
    title: "A wait without SW, IF and FN is passed, and changes nothing",
    needs: QUEUE,
    async steps(bench) {
      await bench.queue.start();
      await bench.queue.run(descriptor("WAIT"));
      await bench.expect.register("ICS", { IWC: 0 });
      await bench.expect.register("IECTL", { IP: 0 });
      await bench.expect.register("FSTS", { IQE: 0 });
    },
  },
  {
    id: "status-without-interrupt",
    title: "SW without IF leaves ICS.IWC clear",
    needs: QUEUE,
    async steps(bench) {
      const page = bench.page();
      await bench.queue.start();
      await bench.queue.run(statusWait(page, 7));
      await bench.expect.memory("status", page, word(7));
      await bench.expect.register("ICS", { IWC: 0 });
    },
  },
  {
    id: "fence-keeps-order",
    title: "Descriptors behind a wait with FN are done after it",
    needs: QUEUE,
    async steps(bench) {
      const page = bench.page();
      await bench.queue.start();
      const fenced = statusWait(page, 0x11, { FN: 1 });
      await bench.queue.run(fenced, descriptor("IOTLB_INV", { G: 1 }), statusWait(page, 0x22));
      await bench.expect.memory("status", page, word(0x22));
    },
  },
  {
    id: "all-flags",
    title: "A wait may have SW, IF and FN together",
    needs: QUEUE,
    async steps(bench) {
      const page = bench.page();
      await bench.queue.start();
      await bench.queue.run(statusWait(page, 0x33, { IF: 1, FN: 1 }));
      await bench.expect.memory("status", page, word(0x33));
      await bench.expect.register("ICS", { IWC: 1 });
    },
  },
  {
    id: "page-drain-flag",
    title: "With ECAP.PDS a wait with PD is completed when there is nothing to drain",
    needs: joined(QUEUE, { capabilities: ["PDS"] }),
    async steps(bench) {
      const page = bench.page();
      await bench.queue.start();
      await bench.queue.run(statusWait(page, 0x44, { PD: 1 }));
      await bench.expect.memory("status", page, word(0x44));
    },
  },
]);

const events = casesOf("6.5.2.10", [
  {
    id: "interrupt-without-status",
    title: "IF without SW sets IWC and sends the event, and writes nothing to memory",
    needs: EVENT,
    async steps(bench) {
      const page = bench.page();
      const before = bench.memory.readBytes(page, 64);
      await startWithEvent(bench);
      await bench.queue.run(descriptor("WAIT", { IF: 1, STATUS_ADDR: page, STATUS_DATA: 9 }));
      await bench.expect.register("ICS", { IWC: 1 });
      await bench.expect.register("IECTL", { IP: 0 });
      const sent = (await bench.events.interrupts()).map(({ address, data }) => ({
        address,
        data,
      }));
      bench.expect.equal("interrupts", sent, [EVENT_MESSAGES.invalidation]);
      await bench.expect.memory("the page", page, before);
    },
  },
  {
    id: "no-second-interrupt-while-iwc",
    title: "While IWC is set another wait with IF sends no event",
    needs: EVENT,
    async steps(bench) {
      await startWithEvent(bench);
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      bench.expect.equal("interrupts of the first", await interruptCount(bench), 1);
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      bench.expect.equal("interrupts of the second", await interruptCount(bench), 0);
      await bench.registers.write("ICS", { IWC: 1 });
      await bench.expect.register("ICS", { IWC: 0 }, "cleared");
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      bench.expect.equal("interrupts after IWC was cleared", await interruptCount(bench), 1);
    },
  },
  {
    id: "status-of-the-second-is-written",
    title: "While IWC is set the status of another wait with SW and IF is written all the same",
    needs: EVENT,
    async steps(bench) {
      const page = bench.page();
      await startWithEvent(bench);
      await bench.queue.run(statusWait(page, 1, { IF: 1 }));
      await bench.queue.run(statusWait(page, 2, { IF: 1 }));
      await bench.expect.memory("status", page, word(2));
      bench.expect.equal("interrupts", await interruptCount(bench), 1);
    },
  },
  {
    id: "iwc-stays-under-writes-of-0",
    title: "ICS.IWC is cleared by a write of 1, and not by one of 0",
    needs: QUEUE,
    async steps(bench) {
      await bench.queue.start();
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      await bench.registers.write("ICS", 0n);
      await bench.expect.register("ICS", { IWC: 1 }, "after a write of 0");
      await bench.registers.write("ICS", { IWC: 1 });
      await bench.expect.register("ICS", { IWC: 0 }, "after a write of 1");
    },
  },
  {
    id: "masked-event-waits-in-ip",
    title: "Under IECTL.IM the event waits in IP, and is sent when the mask is taken away",
    needs: EVENT,
    async steps(bench) {
      await startWithEvent(bench);
      await bench.events.mask("invalidation");
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      await bench.expect.register("IECTL", { IM: 1, IP: 1 }, "under its mask");
      bench.expect.equal("interrupts under the mask", await interruptCount(bench), 0);
      await bench.registers.write("IECTL", { IM: 0 });
      bench.expect.equal("interrupts without the mask", await interruptCount(bench), 1);
      await bench.expect.register("IECTL", { IM: 0, IP: 0 }, "without its mask");
      await bench.expect.register("ICS", { IWC: 1 }, "without the mask");
    },
  },
  {
    id: "serviced-event-is-not-sent",
    title: "Clearing IWC clears IP, and the mask taken away then sends nothing",
    needs: EVENT,
    async steps(bench) {
      await startWithEvent(bench);
      await bench.events.mask("invalidation");
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      await bench.registers.write("ICS", { IWC: 1 });
      await bench.expect.register("IECTL", { IM: 1, IP: 0 }, "after IWC was cleared");
      await bench.registers.write("IECTL", { IM: 0 });
      bench.expect.equal("interrupts", await interruptCount(bench), 0);
    },
  },
  {
    id: "mask-set-and-taken-away-without-cause",
    title: "Taking the mask away with nothing pending sends nothing",
    needs: EVENT,
    async steps(bench) {
      await startWithEvent(bench);
      await bench.events.mask("invalidation");
      await bench.registers.write("IECTL", { IM: 0 });
      bench.expect.equal("interrupts", await interruptCount(bench), 0);
      await bench.expect.register("IECTL", { IM: 0, IP: 0 });
    },
  },
  {
    id: "message-is-what-is-programmed",
    title: "The event is sent to IEADDR with IEDATA",
    needs: EVENT,
    async steps(bench) {
      await bench.queue.start();
      const message = { address: 0xfee5_500c, data: 0x01a9 };
      await bench.events.unmask("invalidation", message);
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      const sent = (await bench.events.interrupts()).map(({ address, data }) => ({
        address,
        data,
      }));
      bench.expect.equal("interrupts", sent, [message]);
    },
  },
  {
    id: "upper-message-address",
    title: "With ECAP.EIM the event is sent to IEUADDR and IEADDR",
    needs: joined(EVENT, { capabilities: ["EIM"] }),
    async steps(bench) {
      await bench.queue.start();
      await bench.registers.write("IEUADDR", 0xabcd_ef00n);
      await bench.events.unmask("invalidation");
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      const [message] = await bench.events.interrupts();
      bench.expect.equal("address", message?.address, 0xabcd_ef00_fee0_2004n);
    },
  },
  {
    id: "invalidation-event-beside-fault-event",
    title: "The event of a wait leaves FECTL and FSTS alone",
    needs: EVENT,
    async steps(bench) {
      await startWithEvent(bench);
      await bench.events.unmask("fault");
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      const sent = (await bench.events.interrupts()).map(({ address, data }) => ({
        address,
        data,
      }));
      bench.expect.equal("interrupts", sent, [EVENT_MESSAGES.invalidation]);
      await bench.expect.register("FECTL", { IP: 0 });
      await bench.expect.register("FSTS", 0n);
    },
  },
]);

/** Cases of waits. */
export const waitDescriptor: readonly ConformanceCase[] = [...status, ...events];
