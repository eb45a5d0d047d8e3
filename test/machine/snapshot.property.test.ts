import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { writePlainData } from "../../host/core/plain-data.js";
import { Machine } from "../../host/machine.js";
import { action, Guest, OPTIONS, recordEvents, type Action } from "./random-work.js";

const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Work with a snapshot after each part but the last. */
const parts = fc.array(fc.array(action, { minLength: 1, maxLength: 25 }), {
  minLength: 2,
  maxLength: 5,
});

/** What a snapshot must have met: the first, that anything at all was under way. */
const KINDS = [
  "a descriptor",
  "an access in flight",
  "page requests outstanding",
  "an invalidation unanswered",
  "an invalidation awaited",
  "device-TLB entries",
  "edu at work",
];

/** A machine, its guest, and what it has sent since last asked. */
interface Place {
  readonly machine: Machine;
  readonly guest: Guest;
  readonly takeEvents: () => string;
}

function placeOf(machine: Machine, guest: Guest): Place {
  const events = recordEvents(machine);
  return { machine, guest, takeEvents: () => writePlainData(events.splice(0)) };
}

/** Performs some work; answers all that can be seen of it. */
function outcomeOf({ machine, guest, takeEvents }: Place, work: readonly Action[]): unknown {
  takeEvents();
  for (const next of work) guest.perform(next);
  return { events: takeEvents(), look: guest.look(), state: digest(machine.snapshot()) };
}

describe("a machine restored in the middle of random work", () => {
  it("goes on with the same events, registers, memory and counters as the original", async () => {
    const machine = await Machine.create(OPTIONS);
    const booted = Guest.boot(machine);
    const start = machine.snapshot();
    const original = placeOf(machine, booted);
    const other = await Machine.restore(start, OPTIONS);
    const twin = placeOf(other, booted.on(other));
    const met = new Set<string>();
    fc.assert(
      fc.property(parts, (all) => {
        machine.restoreState(start);
        for (const part of all) {
          for (const what of original.guest.underWay()) met.add(what);
          // The twin comes from wherever the work before has left it.
          other.restoreState(machine.snapshot());
          expect(outcomeOf(twin, part)).toEqual(outcomeOf(original, part));
        }
        const rest: Action[] = [{ do: "run", ticks: 250 }];
        expect(outcomeOf(twin, rest)).toEqual(outcomeOf(original, rest));
      }),
      { numRuns: 20 },
    );
    expect(KINDS.filter((kind) => !met.has(kind))).toEqual([]);
  });

  it("is a new machine as good as one put back in place", async () => {
    await fc.assert(
      fc.asyncProperty(parts, async (all) => {
        const machine = await Machine.create(OPTIONS);
        const original = placeOf(machine, Guest.boot(machine));
        const [before, ...after] = all;
        outcomeOf(original, before!);
        const snapshot = machine.snapshot();
        const other = await Machine.restore(snapshot, OPTIONS);
        expect(same(other.snapshot(), snapshot)).toBe(true);
        const first = outcomeOf(original, after.flat());
        expect(outcomeOf(placeOf(other, original.guest.on(other)), after.flat())).toEqual(first);
        machine.restoreState(snapshot);
        expect(outcomeOf(original, after.flat())).toEqual(first);
      }),
      { numRuns: 3 },
    );
  });
});
