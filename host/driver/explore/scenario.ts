import type { UnitTap } from "../../core/tap.js";
import type { Kernel } from "../kernel/index.js";

export interface Variant {
  /** Whether no order of steps may break a rule, or some order must. */
  readonly expected: "sound" | "unsound";
  /** What is different, in a line. */
  readonly about: string;
}

/**
 * A few tasks whose every order is to be tried. `setup` is called anew for each run and must do the same
 * each time: everything that tasks share has to be an object of the kernel, made there.
 */
export interface Scenario<World = unknown> {
  readonly name: string;
  /** What it is about, in a line. */
  readonly about: string;
  readonly variants: Readonly<Record<string, Variant>>;
  /** Makes what all runs share, such as a remapping unit that `setup` resets; `tap` is to be that unit's. */
  prepare?(variant: string, tap?: UnitTap): Promise<World>;
  /** Makes the objects and starts the tasks. */
  setup(kernel: Kernel, variant: string, world: World): void;
  /** Steps after which a run counts as one that never ends. Default 10,000. */
  readonly maxSteps?: number;
}

const MOST_STEPS = 10_000;

/** A scenario with the world that it prepared, and one of its variants. */
export interface Subject {
  readonly scenario: string;
  readonly variant: string;
  readonly expected: Variant["expected"];
  readonly maxSteps: number;
  readonly setup: (kernel: Kernel) => void;
}

/** @throws RangeError for a variant that the scenario has not, and for a tap where there is no unit. */
export async function subject<World>(
  scenario: Scenario<World>,
  variant: string,
  tap?: UnitTap,
): Promise<Subject> {
  const known = scenario.variants[variant];
  if (known === undefined) {
    const names = Object.keys(scenario.variants).join(", ");
    throw new RangeError(`${scenario.name} has no variant "${variant}"; it has ${names}`);
  }
  if (tap !== undefined && scenario.prepare === undefined) {
    throw new RangeError(`${scenario.name} runs without a remapping unit: nothing can be recorded`);
  }
  const world = (await scenario.prepare?.(variant, tap)) as World;
  return {
    scenario: scenario.name,
    variant,
    expected: known.expected,
    maxSteps: scenario.maxSteps ?? MOST_STEPS,
    setup: (kernel) => {
      scenario.setup(kernel, variant, world);
    },
  };
}
