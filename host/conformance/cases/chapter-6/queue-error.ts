import type { Bench } from "../../bench/bench.js";
import { descriptor } from "../../bench/invalidation.js";

/** Values of IQEI (§11.4.9.9). */
export const IQEI = {
  tail: 1,
  fetch: 2,
  type: 3,
  reserved: 4,
  width: 5,
  alignment: 6,
  tableMode: 7,
} as const;

/** Readings until something that the unit does not do counts as not done. */
const READINGS = 64;

/** True if the unit comes to stop its queue with IQE. */
export async function queueStops(bench: Bench): Promise<boolean> {
  for (let reading = 0; reading < READINGS; reading++) {
    if ((await bench.registers.field("FSTS", "IQE")) === 1n) return true;
    if ((await bench.queue.head()) === bench.queue.tail) break;
  }
  return (await bench.registers.field("FSTS", "IQE")) === 1n;
}

/** The queue has stopped for one of the reasons, with IQH at `head`. */
export async function expectStopped(
  bench: Bench,
  what: string,
  reasons: number | readonly number[],
  head: number,
): Promise<boolean> {
  const stopped = await queueStops(bench);
  if (!bench.expect.that(`${what}: FSTS.IQE is set`, stopped, "0")) return false;
  const found = Number(await bench.registers.field("IQERCD", "IQEI"));
  const allowed = typeof reasons === "number" ? [reasons] : [...reasons];
  // 0 is what older versions report, which have no information (§11.4.9.9).
  if (bench.value("MAJOR") < 2) allowed.push(0);
  const words = `${what}: IQEI is ${allowed.join(" or ")}`;
  bench.expect.that(words, allowed.includes(found), found);
  bench.expect.equal(`${what}: IQH`, await bench.queue.head(), head);
  return true;
}

/** Puts a good descriptor in the place of the bad one, and lets the queue go on. */
export async function mend(
  bench: Bench,
  head: number,
  words: readonly bigint[] = descriptor("WAIT"),
): Promise<void> {
  bench.queue.overwrite(head, words);
  await bench.registers.write("FSTS", { IQE: 1 });
}

/** A descriptor is refused; afterwards the queue is as before. */
export async function expectRefused(
  bench: Bench,
  what: string,
  reasons: number | readonly number[],
  words: readonly bigint[],
): Promise<void> {
  const head = bench.queue.tail;
  await bench.queue.submit(words);
  if (await expectStopped(bench, what, reasons, head)) await mend(bench, head);
  await bench.registers.waitFor("FSTS", { IQE: 0 });
}

/** The same descriptor with a bit set, counted over all of it. */
export function withBit(words: readonly bigint[], bit: number): bigint[] {
  return words.map((word, index) => (index === bit >> 6 ? word | (1n << BigInt(bit & 63)) : word));
}

/** Makes the unit work in a translation table mode, with translation off. */
export async function setTableMode(bench: Bench, mode: number): Promise<void> {
  await bench.commands.setRoot(bench.frames.allocate(1) | (BigInt(mode) << 10n));
}
