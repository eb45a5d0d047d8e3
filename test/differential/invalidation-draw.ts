import fc from "fast-check";
import { bool, requestDraw, worldDraw } from "./world.js";

const INVALIDATIONS = [
  "context-global",
  "context-domain",
  "context-device",
  "pasid-global",
  "pasid-domain",
  "pasid-in-domain",
  "iotlb-global",
  "iotlb-domain",
  "iotlb-pages",
  "iotlb-pages",
  "pasid-iotlb",
  "pasid-iotlb-pages",
  "pasid-iotlb-pages",
] as const;

const stepDraw = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant("request" as const),
      request: requestDraw,
      /** The same as that many requests ago, with another access. */
      again: fc.option(fc.nat({ max: 3 }), { freq: 3 }),
    }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("change" as const),
      /** Which of the words that were read last. */
      word: fc.nat({ max: 63 }),
      how: fc.constantFrom("flip", "flip", "clear", "restore", "restore", "redirect"),
      bit: fc.constantFrom(0, 1, 2, 5, 6, 8, 9, 10, 31, 32, 33),
      frame: fc.nat({ max: 7 }),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("invalidate" as const),
      what: fc.constantFrom(...INVALIDATIONS),
      /** For what was asked that many requests ago. */
      of: fc.nat({ max: 3 }),
      beside: fc.constantFrom("", "", "", "", "domain", "pasid", "address", "sourceId"),
      functionMask: fc.nat({ max: 3 }),
      addressMask: fc.constantFrom(0, 0, 1, 9, 18, 27),
      leafOnly: bool,
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant("everything" as const),
      /** All invalidations that a driver does when it does not know what changed. */
      how: fc.constantFrom("queue", "queue", "root-pointer", "translation"),
    }),
    weight: 1,
  },
);

/** Draws of `invalidation`. */
export const invalidationDraw = fc.record({
  world: worldDraw.map((world) => ({
    ...world,
    damages: [],
    requests: [],
    mode: world.mode === "legacy" ? world.mode : ("scalable" as const),
    // No guest page leads into tables: a word that is in two tables would be in two caches.
    secondPages: world.secondPages.map((page) => ({ ...page, output: page.output || 1 })),
  })),
  steps: fc.array(stepDraw, { minLength: 4, maxLength: 20 }),
});
export type Invalidations = typeof invalidationDraw extends fc.Arbitrary<infer T> ? T : never;
export type Step = Invalidations["steps"][number];
export type Of<K extends Step["kind"]> = Extract<Step, { kind: K }>;
