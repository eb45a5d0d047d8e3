/** Configuration, counting and reset of performance counters (§10.2, §10.3). */
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import {
  COMMAND,
  configure,
  count,
  COUNTING,
  EVENTS,
  lastValue,
  perform,
  PERFMON,
  requireCounters,
  requireEvents,
  requirePerfcap,
  sendRequests,
  STATUS,
  submit,
  valueOf,
} from "./counters.js";

const { requests } = EVENTS;

const counting = casesOf("10.2", [
  {
    id: "counts-while-enabled",
    title: "A counter counts between the commands that enable and disable it",
    needs: COUNTING,
    async steps(bench) {
      await requireEvents(bench, requests);
      await configure(bench, 0, [requests]);
      await sendRequests(bench, 2);
      bench.expect.equal("before", await valueOf(bench, 0), 0n);
      await perform(bench, COMMAND.enable, 0);
      await bench.expect.register("PERFCNTRCFG0", { EN: 1 });
      await sendRequests(bench, 3);
      bench.expect.equal("while enabled", await valueOf(bench, 0), 3n);
      await perform(bench, COMMAND.disable, 0);
      await bench.expect.register("PERFCNTRCFG0", { EN: 0 });
      await sendRequests(bench, 4);
      bench.expect.equal("afterwards", await valueOf(bench, 0), 3n);
    },
  },
  {
    id: "counters-are-independent",
    title: "Each counter is enabled and configured by itself",
    needs: COUNTING,
    async steps(bench) {
      await requireCounters(bench, 2);
      await count(bench, 0, requests);
      await sendRequests(bench, 2);
      await count(bench, 1, requests);
      await sendRequests(bench, 3);
      bench.expect.equal("counter 0", await valueOf(bench, 0), 5n);
      bench.expect.equal("counter 1", await valueOf(bench, 1), 3n);
    },
  },
  {
    id: "every-counter-counts",
    title: "Every counter that NCNTR announces counts",
    needs: COUNTING,
    async steps(bench) {
      const counters = Number(await bench.registers.field("PERFCAP", "NCNTR"));
      for (let counter = 0; counter < counters; counter++) await count(bench, counter, requests);
      await sendRequests(bench, 2);
      for (let counter = 0; counter < counters; counter++) {
        bench.expect.equal(`counter ${counter}`, await valueOf(bench, counter), 2n);
      }
    },
  },
  {
    id: "several-events-add-up",
    title: "A counter of several events has the sum of them",
    needs: joined(COUNTING, { capabilities: ["SAGAW"] }),
    async steps(bench) {
      const { iotlbLookups, iotlbHits } = EVENTS;
      await requireCounters(bench, 3);
      await requireEvents(bench, iotlbLookups, iotlbHits);
      await configure(bench, 0, [iotlbLookups, iotlbHits]);
      await configure(bench, 1, [iotlbLookups]);
      await configure(bench, 2, [iotlbHits]);
      const iova = 0x5000n;
      const page = bench.page();
      await bench.start(bench.world("legacy").map(iova, page));
      for (const counter of [0, 1, 2]) await perform(bench, COMMAND.enable, counter);
      for (let time = 0; time < 4; time++) await bench.expectRead(iova, page);
      const [sum, lookups, hits] = await Promise.all(
        [0, 1, 2].map((counter) => valueOf(bench, counter)),
      );
      bench.expect.equal("lookups", lookups, 4n);
      bench.expect.that("hits are lookups", hits! <= lookups!, hits);
      bench.expect.equal("the sum", sum, lookups! + hits!);
    },
  },
  {
    id: "value-written-before",
    title: "A counter goes on from the value that software wrote while it was disabled",
    needs: COUNTING,
    async steps(bench) {
      await requireEvents(bench, requests);
      await bench.registers.write("PERFCNTR0", 0x1_0000_0005n & (await lastValue(bench)));
      const before = await valueOf(bench, 0);
      await configure(bench, 0, [requests]);
      await perform(bench, COMMAND.enable, 0);
      await sendRequests(bench, 3);
      bench.expect.equal("value", await valueOf(bench, 0), before + 3n);
    },
  },
  {
    id: "configuration-locked-while-enabled",
    title: "Events and flags of a counter cannot be changed while it is enabled",
    needs: COUNTING,
    async steps(bench) {
      await count(bench, 0, requests);
      const before = await bench.registers.read("PERFCNTRCFG0");
      await bench.registers.write("PERFCNTRCFG0", { ES: 0x7f, EGI: 3, GFO: 1, IO: 1 });
      await bench.expect.register("PERFCNTRCFG0", before, "while enabled");
      await sendRequests(bench, 1);
      bench.expect.equal("value", await valueOf(bench, 0), 1n);
      await perform(bench, COMMAND.disable, 0);
      await bench.registers.write("PERFCNTRCFG0", { ES: 1, EGI: 3 });
      await bench.expect.register("PERFCNTRCFG0", { ES: 1, EGI: 3, EN: 0 }, "disabled");
    },
  },
  {
    id: "enable-is-read-only",
    title: "A write of PERFCNTRCFG.EN enables nothing",
    needs: COUNTING,
    async steps(bench) {
      await requireEvents(bench, requests);
      await bench.registers.write("PERFCNTRCFG0", { ES: 2, EGI: 0, EN: 1 });
      await bench.expect.register("PERFCNTRCFG0", { EN: 0 });
      await sendRequests(bench, 2);
      bench.expect.equal("value", await valueOf(bench, 0), 0n);
    },
  },
]);

const widths = casesOf("10.3", [
  {
    id: "bits-beyond-the-width-ignored",
    title: "Bits of a counter above its width are ignored when it is written",
    needs: PERFMON,
    async steps(bench) {
      const last = await lastValue(bench);
      await bench.registers.write("PERFCNTR0", 0xffff_ffff_ffff_ffffn);
      bench.expect.equal("value", await valueOf(bench, 0), last);
    },
  },
  {
    id: "written-while-enabled",
    title: "With CWE a counter can be written while it is enabled, and goes on from there",
    needs: COUNTING,
    async steps(bench) {
      await requirePerfcap(bench, "CWE");
      await count(bench, 0, requests);
      await sendRequests(bench, 1);
      await bench.registers.write("PERFCNTR0", 0x100n);
      await sendRequests(bench, 2);
      bench.expect.equal("value", await valueOf(bench, 0), 0x102n);
    },
  },
  {
    id: "counters-lie-apart",
    title: "Each counter has a register of its own, at the stride of PERFCAP",
    needs: PERFMON,
    async steps(bench) {
      const counters = Number(await bench.registers.field("PERFCAP", "NCNTR"));
      for (let counter = 0; counter < counters; counter++) {
        await bench.registers.write(`PERFCNTR${counter}`, 0x1000n + BigInt(counter));
      }
      for (let counter = 0; counter < counters; counter++) {
        const value = await valueOf(bench, counter);
        bench.expect.equal(`counter ${counter}`, value, 0x1000n + BigInt(counter));
      }
    },
  },
]);

const resets = casesOf("10.2", [
  {
    id: "reset-configuration",
    title: "Reset of the configuration disables every counter, and clears filters and statuses",
    needs: COUNTING,
    async steps(bench) {
      await requireCounters(bench, 2);
      await bench.registers.write("PERFCNTR0", await lastValue(bench));
      await count(bench, 0, requests);
      await count(bench, 1, requests);
      await sendRequests(bench, 2);
      await perform(bench, COMMAND.freeze);
      await perform(bench, COMMAND.resetConfiguration);
      for (const counter of [0, 1]) await bench.expect.register(`PERFCNTRCFG${counter}`, 0n);
      await bench.expect.register("PERFOVFSTS", 0n);
      await bench.expect.register("PERFFRZSTS", 0n);
      bench.expect.equal("the value stays", await valueOf(bench, 1), 2n);
      await sendRequests(bench, 2);
      bench.expect.equal("and is not counted on", await valueOf(bench, 1), 2n);
    },
  },
  {
    id: "reset-values",
    title: "Reset of the values clears every counter, and leaves them enabled",
    needs: COUNTING,
    async steps(bench) {
      await requireCounters(bench, 2);
      await count(bench, 0, requests);
      await count(bench, 1, requests);
      await sendRequests(bench, 3);
      await perform(bench, COMMAND.resetValues);
      for (const counter of [0, 1]) {
        bench.expect.equal(`counter ${counter}`, await valueOf(bench, counter), 0n);
        await bench.expect.register(`PERFCNTRCFG${counter}`, { EN: 1 });
      }
      await sendRequests(bench, 1);
      bench.expect.equal("counting on", await valueOf(bench, 0), 1n);
    },
  },
]);

const operands = casesOf("11.4.14.1", [
  {
    id: "counter-number-in-operand-a",
    title: "Operand A names the counter of a command",
    needs: PERFMON,
    async steps(bench) {
      await requireCounters(bench, 3);
      await requireEvents(bench, requests);
      await configure(bench, 2, [requests]);
      bench.expect.equal("status", await submit(bench, COMMAND.enable, 2), STATUS.success);
      await bench.expect.register("PERFCNTRCFG2", { EN: 1 });
      await bench.expect.register("PERFCNTRCFG0", { EN: 0 });
    },
  },
]);

/** Cases of counting. */
export const counterCases: readonly ConformanceCase[] = [
  ...[...counting, ...widths, ...resets, ...operands],
];
