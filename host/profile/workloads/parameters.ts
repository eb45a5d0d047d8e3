import { ProfileError } from "../profile-error.js";

/** A parameter of a workload: a number within a range, or one of several words. */
export type WorkloadParameter =
  | {
      readonly name: string;
      readonly usual: number;
      readonly least: number;
      readonly most: number;
      readonly description: string;
    }
  | {
      readonly name: string;
      readonly usual: string;
      readonly choices: readonly string[];
      readonly description: string;
    };

export type WorkloadValue = number | string;
export type WorkloadValues = Readonly<Record<string, WorkloadValue>>;

/** What a parameter takes, for messages. */
export function expectedOf(parameter: WorkloadParameter): string {
  return "choices" in parameter
    ? `one of ${parameter.choices.join(", ")}`
    : `a whole number from ${parameter.least} to ${parameter.most}`;
}

/**
 * Every parameter with its value, from texts `key=value`.
 * @throws ProfileError naming what is wrong, and what was expected.
 */
export function readParameters(
  what: string,
  parameters: readonly WorkloadParameter[],
  settings: readonly string[],
): WorkloadValues {
  const values = new Map<string, WorkloadValue>(parameters.map(({ name, usual }) => [name, usual]));
  for (const setting of settings) {
    const [name, text, ...more] = setting.split("=");
    if (name === undefined || text === undefined || more.length > 0) {
      throw new ProfileError(`${what}: "${setting}" has not the form key=value`);
    }
    const parameter = parameters.find((each) => each.name === name);
    if (parameter === undefined) {
      const names = parameters.map((each) => each.name).join(", ");
      throw new ProfileError(`${what}: unknown parameter "${name}": expected one of ${names}`);
    }
    values.set(name, valueOf(what, parameter, text));
  }
  return Object.fromEntries(values);
}

function valueOf(what: string, parameter: WorkloadParameter, text: string): WorkloadValue {
  const value = "choices" in parameter ? text : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const good =
    "choices" in parameter
      ? parameter.choices.includes(text)
      : Number(value) >= parameter.least && Number(value) <= parameter.most;
  if (!good) {
    throw new ProfileError(
      `${what}: ${parameter.name} is "${text}": expected ${expectedOf(parameter)}`,
    );
  }
  return value;
}

/** The value of a parameter that is a number. */
export function numberOf(values: WorkloadValues, name: string): number {
  return Number(values[name]);
}

export const arrivalParameters: readonly WorkloadParameter[] = [
  {
    name: "interval",
    usual: 0,
    least: 0,
    most: 1_000_000,
    description:
      "cycles from one request to the next, on average; 0: as soon as those outstanding allow",
  },
  {
    name: "arrivals",
    usual: "even",
    choices: ["even", "poisson"],
    description: "whether these intervals are all the same, or those of a Poisson process",
  },
];
