import type { InterruptTable } from "../../../tables/interrupt-table.js";
import { PostedDescriptor } from "../../../tables/posted-descriptor.js";
import type { Bench } from "../../bench/bench.js";
import { expectMessages, type DeliveredInterrupt } from "./remapping.js";

export const NOTIFICATION = { destination: 4, vector: 0xf2 } as const;

/** A posted-interrupt descriptor that notifies NOTIFICATION, in a page of its own. */
export function newDescriptor(
  bench: Bench,
  { extended }: InterruptTable,
  options: { readonly suppressed?: boolean; readonly destination?: number } = {},
): PostedDescriptor {
  const { memory } = bench;
  const address = bench.frames.allocate(1) + 0x40n;
  const { suppressed = false, destination = NOTIFICATION.destination } = options;
  return PostedDescriptor.create({
    ...{ memory, address, extended, suppressed, destination },
    vector: NOTIFICATION.vector,
  });
}

/** Takes over what the unit made of a descriptor. */
export async function fetchDescriptor(bench: Bench, { entry }: PostedDescriptor): Promise<void> {
  await bench.expect.fetch(entry.address, 64);
}

/** Sends interrupts, and compares the vectors that are posted then, ON, and the notifications. */
export async function expectPosted(
  bench: Bench,
  what: string,
  pid: PostedDescriptor,
  message: { readonly address: bigint; readonly data: number },
  expected: {
    readonly vectors: readonly number[];
    readonly outstanding: boolean;
    readonly notified: boolean;
    readonly notification?: DeliveredInterrupt;
  },
): Promise<void> {
  await bench.endpoints.interrupt(message);
  await fetchDescriptor(bench, pid);
  bench.expect.equal(`${what}: vectors in PIR`, pid.posted, expected.vectors);
  bench.expect.equal(`${what}: ON`, pid.entry.get("ON"), BigInt(expected.outstanding));
  const { notification = NOTIFICATION } = expected;
  const wanted = expected.notified ? [notification] : [];
  expectMessages(bench, what, await bench.events.interrupts(), wanted);
  await bench.expectFault.none(what);
}
