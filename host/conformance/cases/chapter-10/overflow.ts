/** Overflow, freeze and interrupts of performance counters (§10.3.1, §10.3.2, §10.6). */
import type { Bench } from "../../bench/bench.js";
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
  requireCounters,
  requireEvents,
  requirePerfcap,
  sendRequests,
  valueOf,
} from "./counters.js";

const INTERRUPT = joined(COUNTING, { abilities: ["interrupts"] });
const MESSAGE = { address: 0xfee0_400c, data: 0x74 };
const { requests } = EVENTS;

/** A counter about to overflow. */
async function nearOverflow(bench: Bench, counter: number): Promise<void> {
  await bench.registers.write(`PERFCNTR${counter}`, await lastValue(bench));
}

const overflow = casesOf("10.3.1", [
  {
    id: "sets-status-and-goes-on",
    title: "An overflow sets the bit of its counter in PERFOVFSTS, and the counter goes on from 0",
    needs: COUNTING,
    async steps(bench) {
      await requireCounters(bench, 2);
      await count(bench, 1, requests);
      await bench.registers.write("PERFCNTR1", (await lastValue(bench)) - 1n);
      await perform(bench, COMMAND.disable, 1);
      await bench.registers.write("PERFCNTR1", (await lastValue(bench)) - 1n);
      await perform(bench, COMMAND.enable, 1);
      await sendRequests(bench, 1);
      await bench.expect.register("PERFOVFSTS", 0n, "at the last value");
      await sendRequests(bench, 1);
      await bench.expect.register("PERFOVFSTS", 2n, "after one more");
      bench.expect.equal("value", await valueOf(bench, 1), 0n);
      await sendRequests(bench, 2);
      bench.expect.equal("value, later", await valueOf(bench, 1), 2n);
      await bench.expect.register("PERFFRZSTS", 0n);
    },
  },
  {
    id: "status-cleared-by-1",
    title: "A bit of PERFOVFSTS is cleared by a write of 1 to it alone",
    needs: COUNTING,
    async steps(bench) {
      await requireCounters(bench, 2);
      await requireEvents(bench, requests);
      for (const counter of [0, 1]) {
        await nearOverflow(bench, counter);
        await configure(bench, counter, [requests]);
        await perform(bench, COMMAND.enable, counter);
      }
      await sendRequests(bench, 1);
      await bench.expect.register("PERFOVFSTS", 3n, "of two counters");
      await bench.registers.write("PERFOVFSTS", 0n);
      await bench.expect.register("PERFOVFSTS", 3n, "after a write of 0");
      await bench.registers.write("PERFOVFSTS", 2n);
      await bench.expect.register("PERFOVFSTS", 1n, "after a write of bit 1");
    },
  },
  {
    id: "global-freeze",
    title: "An overflow of a counter with GFO freezes every counter",
    needs: COUNTING,
    async steps(bench) {
      await requireCounters(bench, 2);
      await requirePerfcap(bench, "GFS");
      await nearOverflow(bench, 0);
      await count(bench, 0, requests, { freezes: true });
      await count(bench, 1, requests);
      await sendRequests(bench, 1);
      const counters = await bench.registers.field("PERFCAP", "NCNTR");
      await bench.expect.register("PERFFRZSTS", (1n << counters) - 1n);
      await bench.expect.register("PERFOVFSTS", 1n);
      const frozen = await valueOf(bench, 1);
      await sendRequests(bench, 3);
      bench.expect.equal("counter 1 stays", await valueOf(bench, 1), frozen);
      bench.expect.equal("counter 0 stays", await valueOf(bench, 0), 0n);
    },
  },
  {
    id: "overflow-of-a-counter-without-gfo",
    title: "An overflow of a counter without GFO freezes nothing",
    needs: COUNTING,
    async steps(bench) {
      await requireCounters(bench, 2);
      await requirePerfcap(bench, "GFS");
      await count(bench, 0, requests, { freezes: true });
      await nearOverflowOf(bench, 1);
      await sendRequests(bench, 2);
      await bench.expect.register("PERFFRZSTS", 0n);
      bench.expect.equal("counter 0", await valueOf(bench, 0), 2n);
    },
  },
]);

/** An enabled counter of requests about to overflow. */
async function nearOverflowOf(bench: Bench, counter: number): Promise<void> {
  await nearOverflow(bench, counter);
  await count(bench, counter, requests);
}

const stopping = casesOf("10.3.2", [
  {
    id: "freeze-and-unfreeze",
    title: "Frozen counters keep their values, and go on from them when they are unfrozen",
    needs: COUNTING,
    async steps(bench) {
      await count(bench, 0, requests);
      await sendRequests(bench, 2);
      await perform(bench, COMMAND.freeze);
      const counters = await bench.registers.field("PERFCAP", "NCNTR");
      await bench.expect.register("PERFFRZSTS", (1n << counters) - 1n);
      await sendRequests(bench, 5);
      bench.expect.equal("frozen", await valueOf(bench, 0), 2n);
      await bench.expect.register("PERFCNTRCFG0", { EN: 1 }, "frozen");
      await perform(bench, COMMAND.unfreeze);
      await bench.expect.register("PERFFRZSTS", 0n, "unfrozen");
      await sendRequests(bench, 3);
      bench.expect.equal("unfrozen", await valueOf(bench, 0), 5n);
    },
  },
  {
    id: "disabling-clears-freeze-status",
    title: "Disabling a counter clears its freeze status, and no other",
    section: "11.4.13.12",
    needs: COUNTING,
    async steps(bench) {
      await requireCounters(bench, 2);
      await count(bench, 0, requests);
      await count(bench, 1, requests);
      await perform(bench, COMMAND.freeze);
      await perform(bench, COMMAND.disable, 0);
      const counters = await bench.registers.field("PERFCAP", "NCNTR");
      await bench.expect.register("PERFFRZSTS", (1n << counters) - 2n);
    },
  },
  {
    id: "freeze-status-is-read-only",
    title: "Software cannot unfreeze counters by writing PERFFRZSTS",
    needs: COUNTING,
    async steps(bench) {
      await count(bench, 0, requests);
      await perform(bench, COMMAND.freeze);
      const before = await bench.registers.read("PERFFRZSTS");
      await bench.registers.write("PERFFRZSTS", 0n);
      await bench.expect.register("PERFFRZSTS", before, "after a write of 0");
      await bench.registers.write("PERFFRZSTS", before);
      await bench.expect.register("PERFFRZSTS", before, "after a write of 1");
      await sendRequests(bench, 2);
      bench.expect.equal("value", await valueOf(bench, 0), 0n);
    },
  },
]);

/** Programs the message of performance events, and takes the mask away. */
async function unmask(bench: Bench): Promise<void> {
  await bench.registers.write("PERFINTRDATA", BigInt(MESSAGE.data));
  await bench.registers.write("PERFINTRADDR", BigInt(MESSAGE.address));
  await bench.registers.write("PERFINTRCTL", 0n);
}

async function sent(bench: Bench): Promise<{ address: bigint; data: number }[]> {
  return (await bench.events.interrupts()).map(({ address, data }) => ({ address, data }));
}

const interrupts = casesOf("10.6", [
  {
    id: "overflow-interrupt",
    title: "An overflow of a counter with IO sets PIS and sends the interrupt",
    needs: INTERRUPT,
    async steps(bench) {
      await requirePerfcap(bench, "IOS");
      await unmask(bench);
      await nearOverflow(bench, 0);
      await count(bench, 0, requests, { interrupts: true });
      await sendRequests(bench, 1);
      await bench.expect.register("PERFINTRSTS", { PIS: 1 });
      await bench.expect.register("PERFINTRCTL", { IP: 0 });
      bench.expect.equal("interrupts", await sent(bench), [MESSAGE]);
      await bench.registers.write("PERFINTRSTS", { PIS: 1 });
      await bench.expect.register("PERFINTRSTS", { PIS: 0 }, "cleared");
    },
  },
  {
    id: "no-interrupt-without-io",
    title: "An overflow of a counter without IO leaves PIS clear and sends nothing",
    needs: INTERRUPT,
    async steps(bench) {
      await requirePerfcap(bench, "IOS");
      await unmask(bench);
      await nearOverflowOf(bench, 0);
      await sendRequests(bench, 2);
      await bench.expect.register("PERFOVFSTS", 1n);
      await bench.expect.register("PERFINTRSTS", { PIS: 0 });
      bench.expect.equal("interrupts", await sent(bench), []);
    },
  },
  {
    id: "masked-interrupt-waits",
    title:
      "Under PERFINTRCTL.IM the interrupt waits in IP, and is sent when the mask is taken away",
    needs: INTERRUPT,
    async steps(bench) {
      await requirePerfcap(bench, "IOS");
      await unmask(bench);
      await bench.registers.write("PERFINTRCTL", { IM: 1 });
      await nearOverflow(bench, 0);
      await count(bench, 0, requests, { interrupts: true });
      await sendRequests(bench, 1);
      await bench.expect.register("PERFINTRCTL", { IM: 1, IP: 1 });
      bench.expect.equal("interrupts under the mask", await sent(bench), []);
      await bench.registers.write("PERFINTRCTL", { IM: 0 });
      bench.expect.equal("interrupts", await sent(bench), [MESSAGE]);
      await bench.expect.register("PERFINTRCTL", { IM: 0, IP: 0 });
    },
  },
  {
    id: "serviced-interrupt-is-not-sent",
    title: "Clearing PIS clears IP, and the mask taken away then sends nothing",
    section: "11.4.13.8",
    needs: INTERRUPT,
    async steps(bench) {
      await requirePerfcap(bench, "IOS");
      await unmask(bench);
      await bench.registers.write("PERFINTRCTL", { IM: 1 });
      await nearOverflow(bench, 0);
      await count(bench, 0, requests, { interrupts: true });
      await sendRequests(bench, 1);
      await bench.registers.write("PERFINTRSTS", { PIS: 1 });
      await bench.expect.register("PERFINTRCTL", { IM: 1, IP: 0 });
      await bench.registers.write("PERFINTRCTL", { IM: 0 });
      bench.expect.equal("interrupts", await sent(bench), []);
    },
  },
]);

/** Cases of overflow and freeze. */
export const overflowCases: readonly ConformanceCase[] = [
  ...[...overflow, ...stopping, ...interrupts],
];
