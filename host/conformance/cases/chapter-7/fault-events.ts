import type { Bench } from "../../bench/bench.js";
import { EVENT_MESSAGES } from "../../bench/events.js";
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { atLeast, joined } from "../../needs.js";
import { InterruptTable } from "../../../tables/index.js";
import { needsOfRequest } from "../requests.js";

const IOVA = 0x3579_b000n;
const NEEDS = joined(needsOfWorld.legacy, needsOfRequest.dma, { abilities: ["interrupts"] });
const QUEUE = joined(NEEDS, { capabilities: ["QI"] });
const DEVICE_TLB = joined(QUEUE, {
  capabilities: ["DT"],
  abilities: ["invalidation-completions", "device-tlb"],
});

/** Legacy mode without any entry, and fault events that are not masked. */
async function start(bench: Bench): Promise<void> {
  const world = bench.world("legacy");
  world.rootEntry.clear();
  await bench.start(world);
  await bench.events.unmask("fault");
}

async function fault(bench: Bench, endpoint = 0): Promise<void> {
  await bench.endpoints.dma({ sourceId: bench.endpoint(endpoint), address: IOVA });
}

async function expectInterrupts(bench: Bench, when: string, count: number): Promise<void> {
  const sent = (await bench.events.interrupts()).map(({ address, data }) => ({ address, data }));
  const expected = new Array<object>(count).fill(EVENT_MESSAGES.fault);
  bench.expect.equal(`interrupts ${when}`, sent, expected);
}

export const faultEvents = casesOf("7.3", [
  {
    id: "fault-raises-event",
    title: "A recorded fault sends the message of FEADDR and FEDATA, and leaves IP clear",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      await fault(bench);
      await expectInterrupts(bench, "of the fault", 1);
      await bench.expect.register("FECTL", { IM: 0, IP: 0 });
    },
  },
  {
    id: "upper-address",
    title: "FEUADDR is the upper half of the address of the message",
    needs: joined(NEEDS, { capabilities: ["EIM"] }),
    async steps(bench) {
      await start(bench);
      await bench.registers.write("FEUADDR", 0x1200n);
      await fault(bench);
      const [message] = await bench.events.interrupts();
      bench.expect.equal("address", message?.address, 0x1200_fee0_1004n);
    },
  },
  {
    id: "masked-after-reset",
    title: "After reset the event is masked: a fault sets IP, and sends nothing",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("legacy");
      world.rootEntry.clear();
      await bench.start(world);
      await fault(bench);
      await bench.expect.register("FECTL", { IM: 1, IP: 1 });
      await expectInterrupts(bench, "under the mask", 0);
    },
  },
  {
    id: "one-event-until-serviced",
    title: "A second fault while the first is pending sends no second message",
    needs: joined(NEEDS, { capabilities: [{ NFR: atLeast(1) }] }),
    async steps(bench) {
      await start(bench);
      await fault(bench, 0);
      await fault(bench, 1);
      await expectInterrupts(bench, "of two faults", 1);
      await bench.faults.clear();
      await fault(bench, 0);
      await expectInterrupts(bench, "of a fault after the service", 1);
    },
  },
  {
    id: "event-again-after-service",
    title: "Every fault after a complete service sends a message again",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      for (const number of [1, 2, 3]) {
        await fault(bench);
        await expectInterrupts(bench, `of fault ${number}`, 1);
        await bench.faults.clear();
      }
    },
  },
  {
    id: "partial-service-raises-nothing",
    title: "A fault while another record is still pending sends nothing",
    needs: joined(NEEDS, { capabilities: [{ NFR: atLeast(2) }] }),
    async steps(bench) {
      await start(bench);
      await fault(bench, 0);
      await fault(bench, 1);
      await bench.faults.clearRecord(0);
      await fault(bench, 0);
      await expectInterrupts(bench, "of three faults", 1);
    },
  },
  {
    id: "service-under-mask-clears-ip",
    title: "IP is cleared when software services everything under the mask, and nothing is sent",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      await bench.events.mask("fault");
      await fault(bench);
      await bench.expect.register("FECTL", { IM: 1, IP: 1 }, "with the fault pending");
      await bench.faults.clear();
      await bench.expect.register("FECTL", { IM: 1, IP: 0 }, "after the service");
      await bench.registers.write("FECTL", { IM: 0 });
      await expectInterrupts(bench, "without the mask", 0);
    },
  },
  {
    id: "queue-error-raises-event",
    title: "An error of the invalidation queue raises the fault event",
    needs: QUEUE,
    async steps(bench) {
      await start(bench);
      await bench.queue.submit([0xfn]);
      await bench.registers.waitFor("FSTS", { IQE: 1 });
      await expectInterrupts(bench, "of IQE", 1);
    },
  },
  {
    id: "fault-behind-queue-error",
    title: "A fault while IQE is pending is recorded, and sends no second message",
    needs: QUEUE,
    async steps(bench) {
      await start(bench);
      await bench.queue.submit([0xfn]);
      await bench.registers.waitFor("FSTS", { IQE: 1 });
      await fault(bench);
      await bench.expect.register("FSTS", { IQE: 1, PPF: 1 });
      await expectInterrupts(bench, "of both", 1);
    },
  },
  {
    id: "queue-error-behind-fault",
    title: "An error of the queue while a fault is pending sends no second message",
    needs: QUEUE,
    async steps(bench) {
      await start(bench);
      await fault(bench);
      await bench.queue.submit([0xfn]);
      await bench.registers.waitFor("FSTS", { IQE: 1 });
      await expectInterrupts(bench, "of both", 1);
      await bench.expect.register("FECTL", { IP: 0 });
    },
  },
  {
    id: "ip-stays-while-anything-is-pending",
    title: "Under the mask IP stays until the last of several conditions is serviced",
    needs: QUEUE,
    async steps(bench) {
      await start(bench);
      await bench.events.mask("fault");
      await fault(bench);
      await bench.queue.submit([0xfn]);
      await bench.registers.waitFor("FSTS", { IQE: 1 });
      await bench.faults.clearRecord(0);
      await bench.expect.register("FECTL", { IP: 1 }, "with IQE left");
      bench.queue.overwrite(await bench.queue.head(), descriptor("WAIT"));
      await bench.registers.write("FSTS", { IQE: 1 });
      await bench.expect.register("FECTL", { IP: 0 }, "with nothing left");
    },
  },
  {
    id: "invalid-completion-raises-event",
    title: "An invalid device-TLB invalidation completion raises the fault event",
    needs: DEVICE_TLB,
    async steps(bench) {
      await start(bench);
      await bench.endpoints.completeInvalidation({ sourceId: bench.endpoint(), itag: 7 });
      await bench.expect.register("FSTS", { ICE: 1 });
      await expectInterrupts(bench, "of ICE", 1);
    },
  },
  {
    id: "time-out-raises-event",
    title: "A time-out of a device-TLB invalidation raises the fault event",
    needs: joined(DEVICE_TLB, { abilities: ["clock"] }),
    with: { invalidationTimeout: 1000 },
    async steps(bench) {
      await start(bench);
      const request = descriptor("DEV_TLB_INV", { SID: bench.endpoint(), ADDR: IOVA });
      await bench.queue.submit(request, descriptor("WAIT"));
      await expectInterrupts(bench, "before the time-out", 0);
      await bench.advance(1_000_000);
      await bench.expect.register("FSTS", { ITE: 1 });
      await expectInterrupts(bench, "of ITE", 1);
    },
  },
  {
    id: "not-remapped",
    title: "The fault event is not subject to interrupt remapping",
    needs: joined(NEEDS, { capabilities: ["IR"] }),
    async steps(bench) {
      const { memory, frames } = bench;
      await bench.commands.setInterruptTable(
        InterruptTable.create({ memory, frames }).tableAddress,
      );
      await bench.commands.command("IRE");
      await start(bench);
      await fault(bench);
      await expectInterrupts(bench, "with remapping enabled", 1);
      bench.expect.equal("records", (await bench.faults.pending()).length, 1);
    },
  },
  {
    id: "event-message-changed-under-mask",
    title: "A message that waits under the mask is sent as the registers are when it is unmasked",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      await bench.events.mask("fault");
      await fault(bench);
      await bench.registers.write("FEDATA", 0x99n);
      await bench.registers.write("FECTL", { IM: 0 });
      const [message] = await bench.events.interrupts();
      bench.expect.fields("message", { ...message }, { data: 0x99 });
    },
  },
]);
