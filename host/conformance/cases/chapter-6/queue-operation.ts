/** How the queue runs (§6.5.2, §11.4.9): enabling, order, wrap, errors of its registers. */
import { descriptor, statusWait } from "../../bench/invalidation.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { expectStopped, IQEI, mend, queueStops } from "./queue-error.js";

const QUEUE = { capabilities: ["QI"] };
const WIDE = { capabilities: ["QI", "SMTS"] };
const NOTHING = new Uint8Array(4);
const word = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);

const running = casesOf("6.5.2", [
  {
    id: "runs-while-everything-is-off",
    title: "The queue is worked off while TES and IRES are clear",
    needs: QUEUE,
    async steps(bench) {
      const status = bench.page();
      await bench.queue.start();
      await bench.queue.run(statusWait(status, 0x1111_2222));
      await bench.expect.memory("status", status, word(0x1111_2222));
      await bench.expect.register("GSTS", { TES: 0, QIES: 1 });
    },
  },
  {
    id: "fifo",
    title: "Descriptors are worked off in the order in which they stand",
    needs: QUEUE,
    async steps(bench) {
      const status = bench.page();
      await bench.queue.start();
      const fence = { FN: 1 };
      for (let round = 0; round < 5; round++) {
        const waits = [3, 1, 2].map((value) => statusWait(status, 16 * round + value, fence));
        await bench.queue.run(...waits);
        await bench.expect.memory(`round ${round}`, status, word(16 * round + 2));
      }
    },
  },
  {
    id: "head-follows-tail",
    title: "IQH is the tail once everything is done, and IQT stays as written",
    needs: QUEUE,
    async steps(bench) {
      await bench.queue.start();
      const { stride } = bench.queue;
      bench.expect.equal("IQH at the start", await bench.queue.head(), 0);
      await bench.queue.run(descriptor("WAIT"), descriptor("WAIT"));
      bench.expect.equal("IQH", await bench.queue.head(), 3 * stride);
      await bench.expect.register("IQT", BigInt(3 * stride));
    },
  },
  {
    id: "nothing-between-tail-and-end",
    title: "Descriptors from the tail on are not touched",
    needs: QUEUE,
    async steps(bench) {
      const [done, not] = [bench.page(), bench.frames.allocate(1)];
      bench.memory.writeBytes(not, NOTHING);
      await bench.queue.start();
      const { stride } = bench.queue;
      // Stands in the queue, behind what the tail covers.
      bench.queue.overwrite(2 * stride, statusWait(not, 0x77));
      await bench.queue.run(statusWait(done, 0x66));
      await bench.expect.memory("before the tail", done, word(0x66));
      await bench.expect.memory("behind the tail", not, NOTHING);
      bench.expect.equal("IQH", await bench.queue.head(), 2 * stride);
    },
  },
  {
    id: "disabled-queue-fetches-nothing",
    title: "With QIES clear a write of IQT fetches nothing",
    needs: QUEUE,
    async steps(bench) {
      const status = bench.frames.allocate(1);
      bench.memory.writeBytes(status, NOTHING);
      const base = bench.frames.allocate(1);
      const words = statusWait(status, 0x77);
      words.forEach((value, index) => bench.memory.write64(base + BigInt(8 * index), value));
      await bench.registers.write("IQA", { IQA: base });
      await bench.registers.write("IQT", 16n);
      await bench.expect.register("IQH", 0n);
      await bench.expect.memory("status", status, NOTHING);
      await bench.expect.register("FSTS", { IQE: 0 });
    },
  },
  {
    id: "disabling-resets-head",
    title: "Disabling the queue sets IQH to 0 and clears QIES",
    needs: QUEUE,
    async steps(bench) {
      await bench.queue.start();
      await bench.queue.run(descriptor("WAIT"));
      await bench.commands.command("QIE", false);
      await bench.expect.register("GSTS", { QIES: 0 });
      await bench.expect.register("IQH", 0n);
    },
  },
  {
    id: "enabled-again-elsewhere",
    title: "A queue that is enabled again starts at entry 0 of the new address",
    needs: QUEUE,
    async steps(bench) {
      const [first, second] = [bench.page(), bench.page()];
      await bench.queue.start();
      const old = bench.queue.base;
      await bench.queue.run(statusWait(first, 0x51));
      await bench.commands.command("QIE", false);
      await bench.queue.start();
      bench.expect.that("another queue", bench.queue.base !== old, bench.queue.base);
      await bench.queue.run(statusWait(second, 0x52));
      await bench.expect.memory("the first", first, word(0x51));
      await bench.expect.memory("the second", second, word(0x52));
      bench.expect.equal("IQH", await bench.queue.head(), 2 * bench.queue.stride);
    },
  },
  {
    id: "status-of-128-bit-descriptors",
    title: "With DW clear descriptors follow each other at 16 bytes",
    needs: QUEUE,
    async steps(bench) {
      const status = bench.page();
      await bench.queue.start({ wide: false });
      await bench.queue.run(statusWait(status, 0x1616), descriptor("IOTLB_INV", { G: 1 }));
      await bench.expect.memory("status", status, word(0x1616));
      await bench.expect.register("IQH", 48n);
    },
  },
  {
    id: "status-of-256-bit-descriptors",
    title: "With DW set descriptors follow each other at 32 bytes, in legacy mode too",
    needs: WIDE,
    async steps(bench) {
      const status = bench.page();
      await bench.queue.start({ wide: true });
      await bench.queue.run(statusWait(status, 0x3232), descriptor("IOTLB_INV", { G: 1 }));
      await bench.expect.memory("status", status, word(0x3232));
      await bench.expect.register("IQH", 96n);
    },
  },
]);

/** QS with both widths of descriptors. */
const sizes = [0, 1, 2, 3, 7].flatMap((size) => [
  { size, wide: false, needs: QUEUE },
  { size, wide: true, needs: WIDE },
]);

const wrapping = casesOf("11.4.9.3", [
  ...(sizes.map(({ size, wide, needs }) => ({
    id: `wraps-${wide ? 256 : 128}-bits-qs-${size}`,
    title: `A queue with QS ${size} and ${wide ? 256 : 128}-bit descriptors goes on at entry 0 behind its last`,
    needs,
    async steps(bench) {
      const { queue, expect } = bench;
      await queue.start({ size, wide });
      const entries = queue.bytes / queue.stride;
      await queue.submit(...Array.from({ length: entries - 1 }, () => descriptor("WAIT")));
      await bench.registers.waitFor("IQH", { QH: (entries - 1) * queue.stride });
      const [last, first] = [bench.page(), bench.page()];
      await queue.run(statusWait(last, 0xabcd), statusWait(first, 0xef01));
      await expect.memory("the last entry", last, word(0xabcd));
      await expect.memory("the first entry", first, word(0xef01));
      expect.equal("IQH", await queue.head(), 2 * queue.stride);
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "upper-address-bits-may-be-kept",
    title: "IQA reads as it was written, in the bits below the host address width",
    needs: QUEUE,
    async steps(bench) {
      const base = bench.frames.allocate(2);
      const value = base | 1n;
      await bench.registers.write("IQA", value);
      await bench.expect.register("IQA", value);
    },
  },
]);

const errors = casesOf("11.4.9.9", [
  ...([0x1000, 0x1800, 0x7_ffc0].map((tail) => ({
    id: `tail-beyond-queue-${tail.toString(16)}`,
    title: `A tail of 0x${tail.toString(16)} in a queue of 4 KiB sets IQE with IQEI 1`,
    needs: QUEUE,
    async steps(bench) {
      await bench.queue.start({ size: 0 });
      await bench.queue.run(descriptor("WAIT"));
      const head = await bench.queue.head();
      await bench.registers.write("IQT", BigInt(tail));
      await expectStopped(bench, "the tail", IQEI.tail, head);
      // Software puts the tail right, and clears IQE.
      await bench.registers.write("IQT", BigInt(head));
      await bench.registers.write("FSTS", { IQE: 1 });
      await bench.queue.run(descriptor("WAIT"));
      await bench.expect.register("FSTS", { IQE: 0 }, "afterwards");
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "tail-at-last-entry-is-good",
    title: "A tail at the last entry of a queue is within it",
    needs: QUEUE,
    async steps(bench) {
      await bench.queue.start({ size: 0 });
      const { stride } = bench.queue;
      const count = 4096 / stride - 1;
      await bench.queue.submit(...Array.from({ length: count }, () => descriptor("WAIT")));
      await bench.registers.waitFor("IQH", { QH: count * stride });
      await bench.expect.register("FSTS", { IQE: 0 });
    },
  },
  {
    id: "misaligned-tail",
    title: "With DW set a tail with bit 4 sets IQE with IQEI 6",
    needs: WIDE,
    async steps(bench) {
      await bench.queue.start({ wide: true });
      bench.queue.put(descriptor("WAIT"), descriptor("WAIT"));
      await bench.registers.write("IQT", 48n);
      await expectStopped(bench, "the tail", IQEI.alignment, 0);
      await bench.registers.write("IQT", 64n);
      await bench.registers.write("FSTS", { IQE: 1 });
      await bench.queue.run();
      await bench.expect.register("FSTS", { IQE: 0 }, "afterwards");
    },
  },
  {
    id: "bit-4-of-the-tail-counts-with-128-bits",
    title: "With DW clear bit 4 of the tail is a part of it",
    needs: QUEUE,
    async steps(bench) {
      await bench.queue.start({ wide: false });
      await bench.queue.submit(descriptor("WAIT"));
      await bench.registers.waitFor("IQH", { QH: 16 });
      await bench.expect.register("FSTS", { IQE: 0 });
    },
  },
  {
    id: "descriptor-cannot-be-fetched",
    title: "A descriptor that cannot be fetched sets IQE with IQEI 2, and those ahead are done",
    needs: joined(QUEUE, { abilities: ["poison"] }),
    async steps(bench) {
      const status = bench.page();
      await bench.queue.start();
      const { stride, base } = bench.queue;
      // The second page of a larger queue would do as well; one descriptor is enough.
      await bench.poison(base + BigInt(2 * stride), stride);
      const [before, behind] = [statusWait(status, 0x1), statusWait(status, 0x2)];
      await bench.queue.submit(before, descriptor("WAIT"), behind, descriptor("WAIT"));
      await expectStopped(bench, "the fetch", IQEI.fetch, 2 * stride);
      await bench.expect.memory("status", status, word(1));
      await bench.heal();
      await bench.registers.write("FSTS", { IQE: 1 });
      await bench.queue.run();
      await bench.expect.memory("status afterwards", status, word(2));
    },
  },
  {
    id: "width-without-scalable-or-abort-mode",
    title: "DW set is IQEI 5 on a unit that has neither scalable nor abort-DMA mode",
    needs: joined(QUEUE, { capabilities: ["!SMTS", "!ADMS"] }),
    async steps(bench) {
      await bench.queue.start({ wide: true });
      await bench.queue.submit(descriptor("WAIT"));
      await expectStopped(bench, "256 bits", IQEI.width, 0);
    },
  },
]);

const recovery = casesOf("6.5.2.11", [
  {
    id: "descriptors-ahead-are-done",
    title: "What stands ahead of an invalid descriptor is done, and what stands behind is not",
    needs: QUEUE,
    async steps(bench) {
      const [ahead, behind] = [bench.page(), bench.frames.allocate(1)];
      bench.memory.writeBytes(behind, NOTHING);
      await bench.queue.start();
      const { stride } = bench.queue;
      const words = [statusWait(ahead, 0xa1), [0xfn, 0n], statusWait(behind, 0xb2)];
      await bench.queue.submit(...words);
      await expectStopped(bench, "type Fh", IQEI.type, stride);
      await bench.expect.memory("ahead", ahead, word(0xa1));
      await bench.expect.memory("behind", behind, NOTHING);
      await mend(bench, stride);
      await bench.queue.run();
      await bench.expect.memory("behind, afterwards", behind, word(0xb2));
    },
  },
  {
    id: "tail-writes-while-iqe-fetch-nothing",
    title: "While IQE is set a write of IQT fetches nothing, and counts once IQE is cleared",
    needs: QUEUE,
    async steps(bench) {
      const status = bench.frames.allocate(1);
      bench.memory.writeBytes(status, NOTHING);
      await bench.queue.start();
      await bench.queue.submit([0xfn, 0n]);
      await expectStopped(bench, "type Fh", IQEI.type, 0);
      await bench.queue.submit(statusWait(status, 0xc3));
      await bench.expect.memory("status while IQE is set", status, NOTHING);
      bench.expect.equal("IQH while IQE is set", await bench.queue.head(), 0);
      await mend(bench, 0);
      await bench.registers.waitFor("IQH", { QH: bench.queue.tail });
      await bench.expect.memory("status afterwards", status, word(0xc3));
    },
  },
  {
    id: "iqe-stays-until-written-with-1",
    title: "IQE stays set under writes of 0 to it",
    needs: QUEUE,
    async steps(bench) {
      await bench.queue.start();
      await bench.queue.submit([0xfn, 0n]);
      await expectStopped(bench, "type Fh", IQEI.type, 0);
      await bench.registers.write("FSTS", 0n);
      await bench.expect.register("FSTS", { IQE: 1 }, "after a write of 0");
      await bench.registers.write("FSTS", { PFO: 1, ICE: 1, ITE: 1 });
      await bench.expect.register("FSTS", { IQE: 1 }, "after the other bits were cleared");
    },
  },
  {
    id: "same-descriptor-again",
    title: "A bad descriptor that software leaves in place stops the queue once more",
    needs: QUEUE,
    async steps(bench) {
      await bench.queue.start();
      await bench.queue.submit([0xfn, 0n], descriptor("WAIT"));
      for (let time = 0; time < 3; time++) {
        await expectStopped(bench, `time ${time}`, IQEI.type, 0);
        await bench.registers.write("FSTS", { IQE: 1 });
      }
      bench.expect.that("stopped again", await queueStops(bench), "went on");
      await mend(bench, 0);
      await bench.queue.run();
    },
  },
  {
    id: "error-in-the-last-entry",
    title: "An invalid descriptor in the last entry stops the queue there",
    needs: QUEUE,
    async steps(bench) {
      const { queue } = bench;
      await queue.start();
      const last = queue.bytes - queue.stride;
      const count = last / queue.stride;
      await queue.submit(...Array.from({ length: count }, () => descriptor("WAIT")));
      await queue.submit([0xfn, 0n]);
      await expectStopped(bench, "the last entry", IQEI.type, last);
      await mend(bench, last);
      await queue.run();
      bench.expect.equal("IQH", await queue.head(), queue.stride);
    },
  },
  {
    id: "fault-event",
    title: "An error of the queue raises one fault event, whose IP a mask keeps",
    needs: joined(QUEUE, { abilities: ["interrupts"] }),
    async steps(bench) {
      const { registers, events } = bench;
      await events.unmask("fault");
      await bench.queue.start();
      await bench.queue.submit([0xfn, 0n]);
      await expectStopped(bench, "type Fh", IQEI.type, 0);
      bench.expect.equal("interrupts", (await events.interrupts()).length, 1);
      await mend(bench, 0);
      await bench.queue.run();
      await events.mask("fault");
      const head = bench.queue.tail;
      await bench.queue.submit([0xfn, 0n]);
      await expectStopped(bench, "under the mask", IQEI.type, head);
      await bench.expect.register("FECTL", { IM: 1, IP: 1 });
      // Cleared before the mask goes: the event is serviced (§11.4.7.2).
      await mend(bench, head);
      await bench.queue.run();
      await bench.expect.register("FECTL", { IM: 1, IP: 0 }, "after IQE was cleared");
      await registers.write("FECTL", { IM: 0 });
      bench.expect.equal("interrupts afterwards", await events.interrupts(), []);
    },
  },
]);

/** Cases of the queue as a whole. */
export const queueOperation: readonly ConformanceCase[] = [
  ...[...running, ...wrapping, ...errors, ...recovery],
];
