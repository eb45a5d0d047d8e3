import type { Bench } from "../../bench/bench.js";
import type { CaseNeeds } from "../../case.js";
import { joined } from "../../needs.js";

/** Counters need no endpoint by themselves; most cases count DMA. */
export const PERFMON: CaseNeeds = { capabilities: ["PMS", "ECMDS"] };

/** What counts DMA needs an endpoint that sends no other requests. */
export const COUNTING = joined(PERFMON, { abilities: ["dma", "exact-requests"] });

/** Commands of Table 52. */
export const COMMAND = {
  enable: 0xf0,
  disable: 0xf1,
  resetConfiguration: 0xf2,
  resetValues: 0xf3,
  freeze: 0xf4,
  unfreeze: 0xf5,
} as const;

/** ECRSP.SC. */
export const STATUS = { success: 0, undefinedCommand: 1, aborted: 2, failed: 16 } as const;

/** An event of Table 49. */
export interface CountableEvent {
  readonly group: number;
  readonly bit: number;
}

export const EVENTS = {
  requests: { group: 0, bit: 1 },
  memoryReads: { group: 1, bit: 0 },
  flagUpdates: { group: 1, bit: 3 },
  pageRequests: { group: 1, bit: 6 },
  pageRequestOverflow: { group: 1, bit: 7 },
  contextLookups: { group: 2, bit: 0 },
  contextHits: { group: 2, bit: 1 },
  pasidLookups: { group: 2, bit: 2 },
  pasidHits: { group: 2, bit: 3 },
  iotlbLookups: { group: 3, bit: 0 },
  iotlbHits: { group: 3, bit: 1 },
  interruptLookups: { group: 4, bit: 0 },
  remappedHits: { group: 4, bit: 1 },
  postedHits: { group: 4, bit: 2 },
} as const satisfies Readonly<Record<string, CountableEvent>>;

export interface CounterOptions {
  /** GFO. Default false. */
  readonly freezes?: boolean;
  /** IO. Default false. */
  readonly interrupts?: boolean;
}

/** Submits an enhanced command, and answers its status code (§11.4.14). */
export async function submit(bench: Bench, command: number, operand = 0): Promise<number> {
  await bench.registers.write("ECMD", { CMD: command, OA: operand });
  await bench.registers.waitFor("ECRSP", { IP: 0 });
  return Number(await bench.registers.field("ECRSP", "SC"));
}

/** A command that must succeed. */
export async function perform(bench: Bench, command: number, operand = 0): Promise<void> {
  const status = await submit(bench, command, operand);
  bench.expect.equal(`status code of command ${command.toString(16)}h`, status, STATUS.success);
}

/** Skips the case where the unit does not count an event. */
export async function requireEvents(
  bench: Bench,
  ...events: readonly CountableEvent[]
): Promise<void> {
  const groups = Number(await bench.registers.field("PERFCAP", "EGCNT"));
  for (const { group, bit } of events) {
    const words = `needs event ${bit} of group ${group}`;
    if (group >= groups) bench.skip(words);
    const supported = await bench.registers.field(`PERFEVNTCAP${group}`, "ES");
    if (((supported >> BigInt(bit)) & 1n) === 0n) bench.skip(words);
  }
}

/** Skips the case where PERFCAP lacks something. */
export async function requirePerfcap(bench: Bench, ...fields: readonly string[]): Promise<void> {
  for (const field of fields) {
    if ((await bench.registers.field("PERFCAP", field)) === 0n) {
      bench.skip(`needs PERFCAP.${field}`);
    }
  }
}

/** Skips the case where there are fewer counters. */
export async function requireCounters(bench: Bench, least: number): Promise<void> {
  const count = Number(await bench.registers.field("PERFCAP", "NCNTR"));
  if (count < least) bench.skip(`needs ${least} counters; the unit has ${count}`);
}

/** Configures a counter for events of one group. */
export async function configure(
  bench: Bench,
  counter: number,
  events: readonly CountableEvent[],
  { freezes = false, interrupts = false }: CounterOptions = {},
): Promise<void> {
  const ES = events.reduce((mask, { bit }) => mask | (1 << bit), 0);
  const fields = { ES, EGI: events[0]?.group ?? 0, GFO: freezes, IO: interrupts };
  await bench.registers.write(`PERFCNTRCFG${counter}`, fields);
}

/** Configures a counter for an event that the unit counts, and enables it. */
export async function count(
  bench: Bench,
  counter: number,
  event: CountableEvent,
  options: CounterOptions = {},
): Promise<void> {
  await requireEvents(bench, event);
  await configure(bench, counter, [event], options);
  await perform(bench, COMMAND.enable, counter);
}

export async function valueOf(bench: Bench, counter: number): Promise<bigint> {
  return bench.registers.read(`PERFCNTR${counter}`);
}

/** The value one event before an overflow. */
export async function lastValue(bench: Bench): Promise<bigint> {
  const width = await bench.registers.field("PERFCAP", "CW");
  return (1n << width) - 1n;
}

/** Sends reads that count as one request each, whatever comes of them. */
export async function sendRequests(bench: Bench, times: number): Promise<void> {
  const page = bench.page();
  for (let time = 0; time < times; time++) await bench.endpoints.dma({ address: page });
}
