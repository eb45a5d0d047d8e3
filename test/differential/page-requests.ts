import fc from "fast-check";
import type { PageRequest } from "../../host/spec/requests.js";
import { inWords, type Account } from "./difference.js";
import { Duel } from "./duel.js";
import {
  clear,
  clearDraw,
  command,
  commandDraw,
  event,
  eventDraw,
  framesOf,
  poison,
  poisonDraw,
  queueAddress,
  submit,
  submitDraw,
  type Frames,
} from "./duel-steps.js";
import type { Ground } from "./ground.js";
import { lawful } from "./lawful.js";
import { MEMORY_SIZE } from "./table-image.js";
import { aimOf, bool, build, requestDraw, seldom, worldDraw, type World } from "./world.js";

/** Somewhere behind RAM. */
const NOWHERE = BigInt(4 * MEMORY_SIZE);
const ENTRY = 32;

const pageRequestDraw = fc.record({
  kind: fc.constant("page-request" as const),
  aim: requestDraw,
  read: bool,
  write: bool,
  last: bool,
  group: fc.constantFrom(0, 1, 7, 511),
});

const stepDraw = fc.oneof(
  { arbitrary: pageRequestDraw, weight: 14 },
  {
    // Software takes entries off the queue, or moves its head anywhere.
    arbitrary: fc.record({
      kind: fc.constant("head" as const),
      entries: fc.nat({ max: 12 }),
      anywhere: seldom,
      value: fc.bigInt({ min: 0n, max: 0xf_ffffn }),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("queue" as const),
      page: fc.constantFrom(0, 0, 1, 99),
      size: fc.constantFrom(0, 0, 1, 2, 7),
    }),
    weight: 1,
  },
  { arbitrary: clearDraw, weight: 3 },
  { arbitrary: eventDraw, weight: 2 },
  { arbitrary: submitDraw, weight: 2 },
  { arbitrary: commandDraw, weight: 1 },
  { arbitrary: poisonDraw, weight: 1 },
);
type Step = typeof stepDraw extends fc.Arbitrary<infer T> ? T : never;

/** Draws of `page-requests`. */
export const pageRequestsDraw = fc.record({
  world: worldDraw.map((world) => ({ ...world, damages: world.damages.slice(0, 1), requests: [] })),
  /** Where the queue's head and tail stand at first: near its end, it is full soon. */
  start: fc.nat({ max: 127 }),
  free: fc.nat({ max: 127 }),
  steps: fc.array(stepDraw, { minLength: 1, maxLength: 25 }),
});
type PageRequests = typeof pageRequestsDraw extends fc.Arbitrary<infer T> ? T : never;

/**
 * Page requests of all kinds, a queue that fills, overflows and cannot be written, responses and
 * drains: both write the same queue, send the same answers and show the same status.
 * @throws Difference
 */
export function pageRequests(drawn: PageRequests, ground: Ground, account?: Account): void {
  const duel = new Duel(ground.unit(drawn.world.unit), ground, account);
  const { values } = duel.unit.capabilities;
  const world = drawn.world.lawful ? lawful(drawn.world, values) : drawn.world;
  const { rootTableAddress, poison: failing } = build(world, ground.image);
  const frames = framesOf(ground);
  ground.lay(failing);
  failing.forEach((range) => duel.note(`accesses fail: ${inWords(range)}`));
  duel.write("RTADDR", rootTableAddress);
  duel.write("GCMD", 1n << 30n);
  queueAddress(duel, frames, { kind: "queue-address", page: 0, size: 0, wide: duel.has("SMTS") });
  duel.write("PQA", BigInt(frames.pageRequestQueue));
  duel.write("PQT", BigInt(ENTRY * drawn.start));
  duel.write("PQH", BigInt(ENTRY * ((drawn.start + drawn.free) % 128)));
  duel.write("GCMD", 1n << 26n);
  duel.write("GCMD", (1n << 31n) | (1n << 26n));
  for (const step of drawn.steps) perform(step, duel, ground, frames, world);
  duel.compareAll();
}

function perform(step: Step, duel: Duel, ground: Ground, frames: Frames, world: World): void {
  switch (step.kind) {
    case "page-request":
      return request(duel, step, world);
    case "head":
      return head(duel, step);
    case "queue": {
      const base = step.page === 99 ? NOWHERE : BigInt(frames.pageRequestQueue + 4096 * step.page);
      return duel.write("PQA", base | BigInt(step.size));
    }
    case "clear":
      return clear(duel, step);
    case "event":
      return event(duel, step);
    case "submit":
      return submit(duel, ground, frames, step);
    case "command":
      // Only what page requests depend on: the tables stay, and with them what caches hold.
      return step.bit === 31 || step.bit === 26
        ? command(duel, { ...step, hostile: null })
        : undefined;
    case "poison":
      return poison(duel, ground, frames, step);
  }
}

function request(duel: Duel, step: Extract<Step, { kind: "page-request" }>, world: World): void {
  const { read, write, last, group, aim } = step;
  const { privileged, execute } = aim;
  const asked: PageRequest = {
    ...aimOf({ ...aim, kind: "page-request" }, world),
    ...{ read, write, last, group, privileged, execute },
  };
  duel.both(
    `requestPage ${inWords(asked)}`,
    () => duel.iommu.requestPage(asked),
    () => duel.oracle.requestPage(asked),
  );
}

function head(duel: Duel, step: Extract<Step, { kind: "head" }>): void {
  if (step.anywhere) {
    duel.write("PQH", step.value);
    return;
  }
  const bytes = 4096n << (duel.read("PQA") & 7n);
  duel.write("PQH", (duel.read("PQH") + BigInt(ENTRY * step.entries)) % bytes);
}
