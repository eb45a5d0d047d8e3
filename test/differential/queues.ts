import fc from "fast-check";
import type { Account } from "./difference.js";
import { Duel } from "./duel.js";
import {
  advance,
  advanceDraw,
  clear,
  clearDraw,
  command,
  commandDraw,
  complete,
  completeDraw,
  event,
  eventDraw,
  framesOf,
  oddAccess,
  oddAccessDraw,
  poison,
  poisonDraw,
  queueAddress,
  queueAddressDraw,
  resetDraw,
  submit,
  submitDraw,
  tailDraw,
  write,
  writeDraw,
} from "./duel-steps.js";
import type { Ground } from "./ground.js";
import { plainTables, type Roots } from "./plain-tables.js";
import { DEVICES, bool } from "./world.js";

/** DMA that begins or ends; it goes through tables that never change. */
const accessDraw = fc.record({
  kind: fc.constant("access" as const),
  what: fc.constantFrom("begin", "begin", "end", "end", "translate"),
  which: fc.nat({ max: 7 }),
  device: fc.nat({ max: DEVICES.length - 1 }),
  page: fc.constantFrom(0n, 0x1000n, 0x7000_0000n),
  write: bool,
});

const rootDraw = fc.record({
  kind: fc.constant("root" as const),
  mode: fc.constantFrom<keyof Roots>("good", "good", "abort", "reserved", "empty"),
});

const stepDraw = fc.oneof(
  { arbitrary: commandDraw, weight: 6 },
  { arbitrary: writeDraw, weight: 5 },
  { arbitrary: oddAccessDraw, weight: 1 },
  { arbitrary: clearDraw, weight: 4 },
  { arbitrary: eventDraw, weight: 3 },
  { arbitrary: queueAddressDraw, weight: 2 },
  { arbitrary: submitDraw, weight: 12 },
  { arbitrary: tailDraw, weight: 1 },
  { arbitrary: completeDraw, weight: 5 },
  { arbitrary: advanceDraw, weight: 3 },
  { arbitrary: resetDraw, weight: 1 },
  { arbitrary: poisonDraw, weight: 2 },
  { arbitrary: accessDraw, weight: 5 },
  { arbitrary: rootDraw, weight: 1 },
);
type Step = typeof stepDraw extends fc.Arbitrary<infer T> ? T : never;

/** Draws of `queues`. */
export const queuesDraw = fc.record({
  unit: fc.nat({ max: 0xff }),
  /** The queue and translation are enabled by the book before the steps. */
  prepared: fc.constantFrom(true, true, true, false),
  steps: fc.array(stepDraw, { minLength: 1, maxLength: 25 }),
});
type Queues = typeof queuesDraw extends fc.Arbitrary<infer T> ? T : never;

/**
 * Registers written by the book and at random, descriptors good and bad, devices that answer or do not:
 * both send the same messages and show the same registers and memory after every step.
 * @throws Difference
 */
export function queues(drawn: Queues, ground: Ground, account?: Account): void {
  const duel = new Duel(ground.unit(drawn.unit), ground, account);
  const { roots } = plainTables(ground.image, duel.unit.capabilities.values);
  const frames = framesOf(ground);
  ground.lay();
  if (drawn.prepared) {
    duel.write("RTADDR", roots.good);
    duel.write("GCMD", 1n << 30n);
    queueAddress(duel, frames, { kind: "queue-address", page: 0, size: 0, wide: duel.has("SMTS") });
    duel.write("GCMD", 1n << 26n);
    duel.write("GCMD", (1n << 31n) | (1n << 26n));
  }
  for (const step of drawn.steps) perform(step, duel, ground, frames, roots);
  duel.compareAll();
}

function perform(
  step: Step,
  duel: Duel,
  ground: Ground,
  frames: ReturnType<typeof framesOf>,
  roots: Roots,
): void {
  switch (step.kind) {
    case "command":
      return command(duel, step);
    case "write":
      return write(duel, step);
    case "odd-access":
      return oddAccess(duel, step);
    case "clear":
      return clear(duel, step);
    case "event":
      return event(duel, step);
    case "queue-address":
      return queueAddress(duel, frames, step);
    case "submit":
      return submit(duel, ground, frames, step);
    case "tail":
      return duel.write("IQT", step.value);
    case "complete":
      return complete(duel, step);
    case "advance":
      return advance(duel, step);
    case "reset":
      return duel.reset(step.how);
    case "poison":
      return poison(duel, ground, frames, step);
    case "access":
      return access(duel, step);
    case "root":
      return duel.write("RTADDR", roots[step.mode]);
  }
}

function access(duel: Duel, step: Extract<Step, { kind: "access" }>): void {
  if (step.what === "end") {
    duel.end(step.which);
    return;
  }
  const request = {
    sourceId: DEVICES[step.device]!,
    address: step.page,
    access: step.write ? ("write" as const) : ("read" as const),
  };
  // What the IOTLB holds outlives a root table that is gone: only units that flush show one answer.
  if (!duel.has("ESRTPS") && duel.rootChanged) return;
  if (step.what === "begin") duel.begin(request);
  else {
    duel.both(
      `translate ${JSON.stringify({ ...request, address: Number(request.address) })}`,
      () => duel.iommu.translate(request),
      () => duel.oracle.translate(request),
    );
  }
}
