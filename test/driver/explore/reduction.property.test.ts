import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Reduction } from "../../../host/driver/explore/dpor.js";
import { Kernel } from "../../../host/driver/kernel/index.js";
import { startProgram, type Operation, type Program } from "./random-program.js";

/** Programs with more orders are passed over. */
const LIMIT = 2_000;

/** Every outcome of every order, by trying all of them; undefined if there are too many. */
function outcomesOfAllOrders(program: Program): Set<string> | undefined {
  const outcomes = new Set<string>();
  const choices: number[] = [];
  for (let runs = 0; runs < LIMIT; runs++) {
    const kernel = new Kernel();
    const outcome = startProgram(kernel, program);
    const widths: number[] = [];
    for (;;) {
      const runnable = kernel.runnable();
      if (kernel.violation || runnable.length === 0) break;
      const choice = (choices[widths.length] ??= 0);
      widths.push(runnable.length);
      kernel.step(runnable[choice]!);
    }
    if (!kernel.violation) kernel.finish();
    outcomes.add(outcome());
    choices.length = widths.length;
    while (choices.length > 0 && choices.at(-1) + 1 >= widths[choices.length - 1]!) choices.pop();
    if (choices.length === 0) return outcomes;
    choices[choices.length - 1]! += 1;
  }
  return undefined;
}

function outcomesOfReduction(program: Program): { outcomes: Set<string>; runs: number } {
  const outcomes = new Set<string>();
  const reduction = new Reduction(1000, () => undefined);
  let runs = 0;
  while (reduction.next()) {
    const kernel = new Kernel();
    const outcome = startProgram(kernel, program);
    const end = reduction.run(kernel);
    if (end === "redundant") continue;
    runs += 1;
    if (end === "finished") kernel.finish();
    outcomes.add(outcome());
  }
  return { outcomes, runs };
}

const one = <K extends Operation["kind"]>(kind: K): fc.Arbitrary<Operation> =>
  fc.record({ kind: fc.constant(kind) }) as unknown as fc.Arbitrary<Operation>;
const some = (kind: "store" | "load" | "increment" | "use" | "change"): fc.Arbitrary<Operation> =>
  fc.record({ kind: fc.constant(kind), which: fc.integer({ min: 0, max: 1 }) });
const kinds = [
  ...(["store", "load", "increment", "use", "change"] as const).map(some),
  ...(["free", "complete", "wait", "queue", "flush", "raise", "take", "put"] as const).map(one),
  ...(["read-section", "write-section", "synchronize", "wake", "await"] as const).map(one),
];
const plain = fc.oneof(...kinds);
const locked: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant("locked"),
  which: fc.integer({ min: 0, max: 1 }),
  inside: fc.array(plain, { maxLength: 1 }),
});
const nested: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant("locked"),
  which: fc.integer({ min: 0, max: 1 }),
  inside: fc.array(fc.oneof(plain, locked), { minLength: 1, maxLength: 1 }),
});
const task = fc.array(fc.oneof({ weight: 4, arbitrary: plain }, locked, nested), {
  minLength: 1,
  maxLength: 3,
});
const programs = fc.oneof(
  fc.array(task, { minLength: 2, maxLength: 2 }),
  fc.array(fc.array(plain, { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 3 }),
);
/** Three tasks of few kinds of operations, which meet the more often. */
const narrowPrograms = fc.shuffledSubarray(kinds, { minLength: 2, maxLength: 4 }).chain((few) =>
  fc.array(fc.array(fc.oneof(...few), { minLength: 1, maxLength: 2 }), {
    minLength: 3,
    maxLength: 3,
  }),
);
const numRuns = Number(process.env["REDUCTION_RUNS"] ?? 40);

function findsAll(program: Program): void {
  const all = outcomesOfAllOrders(program);
  fc.pre(all !== undefined);
  const { outcomes } = outcomesOfReduction(program);
  const broken = (each: Set<string>) => [...each].filter((outcome) => !outcome.startsWith("["));
  // A run ends where a rule breaks, and what the other tasks would have done is not seen.
  if (broken(all).length > 0) expect(broken(outcomes)).not.toEqual([]);
  else expect([...outcomes].sort()).toEqual([...all].sort());
}

describe("the reduction", () => {
  it("finds a broken rule if some order breaks one, and otherwise every outcome that some order has", () => {
    fc.assert(fc.property(programs, findsAll), { numRuns });
  }, 600_000);

  it("does so where few kinds of steps meet often", () => {
    fc.assert(fc.property(narrowPrograms, findsAll), { numRuns });
  }, 600_000);

  it("lets a wait come between two completions", () => {
    findsAll([
      [{ kind: "complete" }],
      [{ kind: "store", which: 0 }, { kind: "complete" }],
      [{ kind: "wait" }, { kind: "load", which: 0 }],
    ]);
  });
});
