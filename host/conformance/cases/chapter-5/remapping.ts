import type { Bench } from "../../bench/bench.js";
import { descriptor } from "../../bench/invalidation.js";
import type { CaseNeeds } from "../../case.js";
import { joined } from "../../needs.js";
import { InterruptTable } from "../../../tables/interrupt-table.js";

/** What every case of interrupt remapping needs. */
export const REMAPPING: CaseNeeds = {
  capabilities: ["IR"],
  abilities: ["interrupt-requests", "interrupts"],
};

export const POSTING: CaseNeeds = joined(REMAPPING, { capabilities: ["PI"] });

/** Cases that set EIME as they like; a unit with EIMER knows one value alone. */
export const EITHER_MODE: CaseNeeds = joined(REMAPPING, { capabilities: ["EIM", "!EIMER"] });

export interface TableOptions {
  /** Default 256. */
  readonly entries?: number;
  /** EIME. Default: only where the unit requires it (EIMER). */
  readonly extended?: boolean;
}

/** An interrupt as the platform sees it. */
export interface DeliveredInterrupt {
  readonly destination: number;
  readonly vector: number;
  readonly logical?: boolean;
  readonly redirectionHint?: boolean;
  /** Bits 10:8 of the data. Default 0, fixed. */
  readonly delivery?: number;
  readonly level?: boolean;
}

export interface InterruptMessage {
  readonly sourceId?: number;
  readonly address: bigint;
  readonly data: number;
}

export interface BlockedOptions {
  /** Index that FI holds in bits 63:48; undefined where the manual leaves FI undefined. */
  readonly index?: number;
  /** Default true. */
  readonly recorded?: boolean;
}

/** Vector, delivery mode and trigger mode; the level of a message is looked at by a case of its own. */
const LOOKED_AT = 0x87ff;

export function newTable(bench: Bench, options: TableOptions = {}): InterruptTable {
  const { memory, frames } = bench;
  const { entries = 256, extended = bench.has("EIMER") } = options;
  return InterruptTable.create({ memory, frames, entries, extended });
}

/** Sets a table and enables remapping as a driver does: queue, SIRTP, invalidation, IRE. */
export async function startRemapping(
  bench: Bench,
  options: TableOptions = {},
): Promise<InterruptTable> {
  const table = newTable(bench, options);
  if (!bench.queue.started) await bench.queue.start();
  await useTable(bench, table);
  await bench.commands.command("IRE");
  return table;
}

/** SIRTP, and the invalidation that must follow it where the unit does not do it (§6.7). */
export async function useTable(bench: Bench, table: InterruptTable): Promise<void> {
  await bench.commands.setInterruptTable(table.tableAddress);
  if (!bench.has("ESIRTPS")) await bench.queue.run(descriptor("IEC_INV"));
}

/** The entry of one index, out of the cache. */
export async function invalidateIndex(bench: Bench, index: number, mask = 0): Promise<void> {
  await bench.queue.run(descriptor("IEC_INV", { G: 1, IIDX: index, IM: mask }));
}

/** One interrupt arrives, as expected, and no fault is recorded. */
export async function expectDelivered(
  bench: Bench,
  what: string,
  message: InterruptMessage,
  expected: DeliveredInterrupt,
): Promise<void> {
  await bench.endpoints.interrupt(message);
  expectMessages(bench, what, await bench.events.interrupts(), [expected]);
  await bench.expectFault.none(what);
}

/** What arrived is what was expected, in order. */
export function expectMessages(
  bench: Bench,
  what: string,
  sent: readonly { readonly address: bigint; readonly data: number }[],
  expected: readonly DeliveredInterrupt[],
): void {
  const seen = sent.map(({ address, data }) => ({ address, data: data & LOOKED_AT }));
  const wanted = expected.map((each) => ({ address: addressOf(each), data: dataOf(each) }));
  bench.expect.equal(`${what}: the interrupts`, seen, wanted);
}

/** No interrupt arrives, and the fault is recorded, or not. */
export async function expectBlocked(
  bench: Bench,
  reason: number,
  what: string,
  message: InterruptMessage,
  { index, recorded = true }: BlockedOptions = {},
): Promise<void> {
  const code = `${reason.toString(16).toUpperCase()}h`;
  await bench.endpoints.interrupt(message);
  bench.expect.equal(`${what}: interrupts`, await bench.events.interrupts(), []);
  const found = await bench.faults.pending();
  bench.expect.equal(`${what}: number of fault records`, found.length, recorded ? 1 : 0);
  for (const { index: place, value } of found) {
    bench.expect.decoded(`${what}, ${code}: FRCD${place}`, "FRCD", value, {
      FR: reason,
      SID: message.sourceId ?? bench.endpoint(),
      ...(index !== undefined && { FI: BigInt(index) << 48n }),
    });
  }
  if (found.length > 0) await bench.faults.clear();
}

/** Bits 31:8 of a destination of 32 bits lie in bits 63:40, as in Figure 5-6. */
function addressOf({ destination, redirectionHint, logical }: DeliveredInterrupt): bigint {
  const low = (destination & 0xff) << 12;
  const flags = (redirectionHint === true ? 8 : 0) | (logical === true ? 4 : 0);
  const upper = BigInt(destination >>> 8) << 40n;
  return 0xfee0_0000n | BigInt(low) | BigInt(flags) | upper;
}

function dataOf({ vector, delivery = 0, level }: DeliveredInterrupt): number {
  return vector | (delivery << 8) | (level === true ? 0x8000 : 0);
}
