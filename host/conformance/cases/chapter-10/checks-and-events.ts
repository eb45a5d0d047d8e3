/** Error checks (§10.5), filters (§10.4), events (§10.7) and the enhanced command interface (§11.4.14). */
import { remappableMessage } from "../../../tables/interrupt-table.js";
import { needsOfWorld, WORLD_PASID } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { expectDelivered, REMAPPING, startRemapping } from "../chapter-5/remapping.js";
import {
  COMMAND,
  configure,
  count,
  COUNTING,
  EVENTS,
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

const checks = casesOf("10.5", [
  {
    id: "counter-beyond-the-last",
    title: "Enabling or disabling a counter that there is not fails with status code 16",
    needs: PERFMON,
    async steps(bench) {
      const counters = Number(await bench.registers.field("PERFCAP", "NCNTR"));
      for (const counter of [counters, counters + 1, 0xffff]) {
        const enabled = await submit(bench, COMMAND.enable, counter);
        bench.expect.equal(`enable ${counter}`, enabled, STATUS.failed);
        const disabled = await submit(bench, COMMAND.disable, counter);
        bench.expect.equal(`disable ${counter}`, disabled, STATUS.failed);
      }
    },
  },
  {
    id: "no-event",
    title: "Enabling a counter without an event fails with status code 16",
    needs: PERFMON,
    async steps(bench) {
      await configure(bench, 0, []);
      bench.expect.equal("status", await submit(bench, COMMAND.enable, 0), STATUS.failed);
      await bench.expect.register("PERFCNTRCFG0", { EN: 0 });
    },
  },
  {
    id: "event-that-is-not-supported",
    title: "Enabling a counter with an event that the unit does not count fails",
    needs: PERFMON,
    async steps(bench) {
      const supported = await bench.registers.field("PERFEVNTCAP0", "ES");
      for (let bit = 0; bit < 28; bit++) {
        if (((supported >> BigInt(bit)) & 1n) === 1n) continue;
        await configure(bench, 0, [{ group: 0, bit }]);
        const status = await submit(bench, COMMAND.enable, 0);
        bench.expect.equal(`event ${bit} of group 0`, status, STATUS.failed);
      }
    },
  },
  {
    id: "group-that-is-not-supported",
    title: "Enabling a counter with an event group that the unit does not have fails",
    needs: PERFMON,
    async steps(bench) {
      const groups = Number(await bench.registers.field("PERFCAP", "EGCNT"));
      for (let group = groups; group < 16; group++) {
        await configure(bench, 0, [{ group, bit: 0 }]);
        const status = await submit(bench, COMMAND.enable, 0);
        bench.expect.equal(`group ${group}`, status, STATUS.failed);
      }
    },
  },
  {
    id: "one-wrong-event-of-two",
    title: "A good event beside one that is not supported does not help",
    needs: PERFMON,
    async steps(bench) {
      await requireEvents(bench, requests);
      await configure(bench, 0, [requests, { group: 0, bit: 27 }]);
      bench.expect.equal("status", await submit(bench, COMMAND.enable, 0), STATUS.failed);
      await bench.expect.register("PERFCNTRCFG0", { EN: 0 });
    },
  },
  {
    id: "filter-with-several-events",
    title: "A filter with more than one event fails",
    needs: PERFMON,
    async steps(bench) {
      await requirePerfcap(bench, "PTLFS");
      const { iotlbLookups, iotlbHits } = EVENTS;
      await requireEvents(bench, iotlbLookups, iotlbHits);
      await configure(bench, 0, [iotlbLookups, iotlbHits]);
      await bench.registers.write("PERFPTLFLT0", { EN: 1, PTL: 1 });
      bench.expect.equal("status", await submit(bench, COMMAND.enable, 0), STATUS.failed);
      await bench.registers.write("PERFPTLFLT0", 0n);
      bench.expect.equal("without it", await submit(bench, COMMAND.enable, 0), STATUS.success);
    },
  },
  {
    id: "filter-that-does-not-go-with-the-event",
    title: "A filter that Table 49 does not have for the event fails",
    needs: PERFMON,
    async steps(bench) {
      await requirePerfcap(bench, "ATFS");
      await requireEvents(bench, EVENTS.memoryReads);
      await configure(bench, 0, [EVENTS.memoryReads]);
      await bench.registers.write("PERFATFLT0", { EN: 1, UR: 1 });
      bench.expect.equal("status", await submit(bench, COMMAND.enable, 0), STATUS.failed);
    },
  },
  {
    id: "failure-leaves-others-alone",
    title: "A command that fails changes no other counter",
    needs: COUNTING,
    async steps(bench) {
      await requireCounters(bench, 2);
      await count(bench, 0, requests);
      bench.expect.equal("status", await submit(bench, COMMAND.enable, 1), STATUS.failed);
      await sendRequests(bench, 2);
      bench.expect.equal("counter 0", await valueOf(bench, 0), 2n);
    },
  },
]);

const filters = casesOf("11.4.13.19", [
  {
    id: "address-type-filter",
    title: "The address type filter counts the types of requests that it names",
    needs: joined(COUNTING, needsOfWorld["second-stage"], {
      capabilities: ["DT"],
      abilities: ["ats"],
    }),
    async steps(bench) {
      await requirePerfcap(bench, "ATFS");
      await requireCounters(bench, 3);
      await requireEvents(bench, requests);
      const page = bench.page();
      const world = bench.world("second-stage").map(0x5000n, page);
      await bench.start(world);
      for (const [counter, types] of [{ UR: 1 }, { TR: 1 }, { UR: 1, TR: 1 }].entries()) {
        await configure(bench, counter, [requests]);
        await bench.registers.write(`PERFATFLT${counter}`, { EN: 1, ...types });
        await perform(bench, COMMAND.enable, counter);
      }
      for (let time = 0; time < 3; time++) await bench.expectRead(0x5000n, page);
      for (let time = 0; time < 2; time++) await bench.endpoints.translate({ address: 0x5000n });
      bench.expect.equal("untranslated", await valueOf(bench, 0), 3n);
      bench.expect.equal("translation requests", await valueOf(bench, 1), 2n);
      bench.expect.equal("both", await valueOf(bench, 2), 5n);
    },
  },
  {
    id: "disabled-filter-is-ignored",
    title: "A filter that is not enabled filters nothing",
    needs: COUNTING,
    async steps(bench) {
      await requirePerfcap(bench, "ATFS");
      await requireEvents(bench, requests);
      await configure(bench, 0, [requests]);
      await bench.registers.write("PERFATFLT0", { EN: 0, TR: 1 });
      await perform(bench, COMMAND.enable, 0);
      await sendRequests(bench, 2);
      bench.expect.equal("value", await valueOf(bench, 0), 2n);
    },
  },
  {
    id: "filter-locked-while-enabled",
    title: "A filter cannot be changed while its counter is enabled",
    needs: COUNTING,
    async steps(bench) {
      await requirePerfcap(bench, "ATFS");
      await count(bench, 0, requests);
      await bench.registers.write("PERFATFLT0", { EN: 1, TR: 1 });
      await bench.expect.register("PERFATFLT0", 0n);
      await sendRequests(bench, 2);
      bench.expect.equal("value", await valueOf(bench, 0), 2n);
    },
  },
]);

const levels = casesOf("11.4.13.20", [
  {
    id: "page-size-filter",
    title: "The page table level filter tells hits of 4 KiB pages from those of larger ones",
    needs: joined(COUNTING, needsOfWorld["second-stage"], { capabilities: ["SSLPS"] }),
    async steps(bench) {
      const { iotlbHits } = EVENTS;
      await requirePerfcap(bench, "PTLFS");
      await requireCounters(bench, 2);
      await requireEvents(bench, iotlbHits);
      const page = bench.page();
      const world = bench.world("second-stage").map(0x5000n, page);
      await bench.start(world);
      for (const [counter, PTL] of [0b00001, 0b11110].entries()) {
        await configure(bench, counter, [iotlbHits]);
        await bench.registers.write(`PERFPTLFLT${counter}`, { EN: 1, PTL });
        await perform(bench, COMMAND.enable, counter);
      }
      for (let time = 0; time < 4; time++) await bench.expectRead(0x5000n, page);
      const small = await valueOf(bench, 0);
      bench.expect.that("at most a hit of each request", small <= 4n, small);
      bench.expect.equal("hits of larger pages", await valueOf(bench, 1), 0n);
    },
  },
]);

const events = casesOf("10.7", [
  {
    id: "requests-of-both-kinds",
    title: "IOMMU_REQUESTS counts reads and writes, also those that fault",
    needs: joined(COUNTING, needsOfWorld["second-stage"]),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("second-stage").map(0x5000n, page));
      await count(bench, 0, requests);
      await bench.expectRead(0x5000n, page);
      await bench.expectWrite(0x5000n, page);
      await bench.endpoints.dma({ address: 0x9000n });
      bench.expect.equal("value", await valueOf(bench, 0), 3n);
    },
  },
  {
    id: "memory-reads",
    title: "IOMMU_MRDS counts reads of tables: a walk has some",
    needs: joined(COUNTING, needsOfWorld["second-stage"]),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("second-stage").map(0x5000n, page));
      await count(bench, 0, EVENTS.memoryReads);
      await bench.expectRead(0x5000n, page);
      const value = await valueOf(bench, 0);
      bench.expect.that("more than none", value > 0n, value);
    },
  },
  {
    id: "flag-updates",
    title: "IOMMU_ATOMIC_AD_UPDATE counts while flags are set, and not once they are",
    needs: joined(COUNTING, needsOfWorld["first-stage"], { capabilities: ["SMPWCS"] }),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("first-stage").map(0x5000n, page));
      await count(bench, 0, EVENTS.flagUpdates);
      await bench.expectWrite(0x5000n, page);
      const first = await valueOf(bench, 0);
      bench.expect.that("some for the walk", first > 0n, first);
      await bench.invalidateAll();
      await bench.expectWrite(0x5000n, page);
      bench.expect.equal("none when all are set", await valueOf(bench, 0), first);
    },
  },
  {
    id: "page-requests",
    title:
      "PG_REQ_POSTED counts page requests that are queued, PG_REQ_OVERFLOW answers of the unit",
    needs: joined(PERFMON, needsOfWorld["first-stage"], {
      capabilities: ["PRS", "PASID"],
      abilities: ["pri", "pasid"],
    }),
    async steps(bench) {
      await requireCounters(bench, 2);
      await bench.pageRequests.start();
      await bench.start(bench.world("first-stage"));
      await count(bench, 0, EVENTS.pageRequests);
      await count(bench, 1, EVENTS.pageRequestOverflow);
      const request = { pasid: WORLD_PASID, address: 0x5000n };
      const { capacity } = bench.pageRequests;
      for (let group = 0; group < capacity; group++) {
        await bench.endpoints.requestPage({ ...request, group });
      }
      bench.expect.equal("posted", await valueOf(bench, 0), BigInt(capacity));
      bench.expect.equal("overflow", await valueOf(bench, 1), 0n);
      await bench.endpoints.requestPage({ ...request, group: 300 });
      await bench.endpoints.requestPage({ ...request, group: 301, last: false });
      bench.expect.equal("posted, the queue full", await valueOf(bench, 0), BigInt(capacity));
      bench.expect.equal("answered by the unit", await valueOf(bench, 1), 1n);
    },
  },
  {
    id: "interrupt-lookups",
    title: "INT_CACHE_LOOKUP counts remappable interrupts, and hits are never more",
    needs: joined(PERFMON, REMAPPING),
    async steps(bench) {
      await requireCounters(bench, 3);
      const table = await startRemapping(bench);
      const target = { destination: 2, vector: 0x51 };
      table.remapped(3, target);
      await count(bench, 0, EVENTS.interruptLookups);
      await count(bench, 1, EVENTS.remappedHits);
      await count(bench, 2, EVENTS.postedHits);
      for (let time = 0; time < 5; time++) {
        await expectDelivered(bench, `interrupt ${time}`, remappableMessage(3), target);
      }
      bench.expect.equal("lookups", await valueOf(bench, 0), 5n);
      const hits = await valueOf(bench, 1);
      bench.expect.that("hits are lookups", hits <= 5n, hits);
      bench.expect.equal("hits of posted entries", await valueOf(bench, 2), 0n);
    },
  },
  ...((
    [
      ["context", EVENTS.contextLookups, EVENTS.contextHits],
      ["pasid", EVENTS.pasidLookups, EVENTS.pasidHits],
      ["iotlb", EVENTS.iotlbLookups, EVENTS.iotlbHits],
    ] as const
  ).map(([name, lookups, hits]) => ({
    id: `${name}-hits-are-lookups`,
    title: `The ${name} cache has no more hits than lookups, and a first request hits nothing`,
    needs: joined(COUNTING, needsOfWorld["second-stage"]),
    async steps(bench) {
      await requireCounters(bench, 2);
      const page = bench.page();
      await bench.start(bench.world("second-stage").map(0x5000n, page));
      await count(bench, 0, lookups);
      await count(bench, 1, hits);
      await bench.expectRead(0x5000n, page);
      const first = await valueOf(bench, 0);
      bench.expect.that("a lookup", first > 0n, first);
      bench.expect.equal("hits of the first request", await valueOf(bench, 1), 0n);
      for (let time = 0; time < 3; time++) await bench.expectRead(0x5000n, page);
      const [looked, found] = [await valueOf(bench, 0), await valueOf(bench, 1)];
      bench.expect.that("hits are lookups", found <= looked, found);
    },
  })) satisfies Parameters<typeof casesOf>[1]),
]);

const commands = casesOf("11.4.14.3", [
  {
    id: "undefined-commands",
    title: "Commands that ECCAP does not announce are undefined (status code 1)",
    needs: { capabilities: ["ECMDS"] },
    async steps(bench) {
      const announced = await bench.registers.read("ECCAP3");
      for (let command = 0; command < 256; command++) {
        const known = command >= 192 && ((announced >> BigInt(command - 192)) & 1n) === 1n;
        if (known) continue;
        const status = await submit(bench, command);
        bench.expect.equal(`command ${command}`, status, STATUS.undefinedCommand);
      }
    },
  },
  {
    id: "status-of-the-last-command",
    title: "ECRSP has the status of the last command, and not of one before it",
    needs: PERFMON,
    async steps(bench) {
      bench.expect.equal("undefined", await submit(bench, 0), STATUS.undefinedCommand);
      bench.expect.equal("freeze", await submit(bench, COMMAND.freeze), STATUS.success);
      bench.expect.equal("no event", await submit(bench, COMMAND.enable, 0), STATUS.failed);
      bench.expect.equal("unfreeze", await submit(bench, COMMAND.unfreeze), STATUS.success);
    },
  },
  {
    id: "lower-dword-submits",
    title: "By dwords a command is submitted with the lower one",
    needs: PERFMON,
    async steps(bench) {
      await requireCounters(bench, 2);
      await requireEvents(bench, requests);
      await configure(bench, 1, [requests]);
      await bench.registers.writeDwords("ECMD", { CMD: COMMAND.enable, OA: 1 }, [1]);
      await bench.expect.register("PERFCNTRCFG1", { EN: 0 }, "after the upper dword");
      await bench.registers.writeDwords("ECMD", { CMD: COMMAND.enable, OA: 1 }, [0]);
      await bench.registers.waitFor("ECRSP", { IP: 0 });
      await bench.expect.register("PERFCNTRCFG1", { EN: 1 }, "after the lower dword");
    },
  },
  {
    id: "aborted-while-a-global-command-is-in-flight",
    title: "A command is refused while a global command is in flight, or waits until it has ended",
    needs: joined(PERFMON, needsOfWorld.legacy, { abilities: ["in-flight"] }),
    async steps(bench) {
      const world = bench.world("legacy").map(0x5000n, bench.page());
      await bench.commands.setRoot(world.rootTableAddress);
      const { token } = await bench.endpoints.begin({ address: bench.page() });
      await bench.commands.submit("TE");
      const pending = (await bench.registers.field("GSTS", "TES")) === 0n;
      await bench.registers.write("ECMD", { CMD: COMMAND.freeze });
      const waits = (await bench.registers.field("ECRSP", "IP")) === 1n;
      const status = Number(await bench.registers.field("ECRSP", "SC"));
      if (pending && !waits) bench.expect.equal("status", status, STATUS.aborted);
      await bench.endpoints.end(token);
      await bench.registers.waitFor("GSTS", { TES: 1 });
      await bench.registers.waitFor("ECRSP", { IP: 0 });
      bench.expect.equal("afterwards", await submit(bench, COMMAND.freeze), STATUS.success);
    },
  },
]);

/** Cases of checks, filters, events and commands. */
export const checksAndEvents: readonly ConformanceCase[] = [
  ...[...checks, ...filters, ...levels, ...events, ...commands],
];
