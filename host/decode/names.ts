import { invalidationDescriptors, pageRequestDescriptor } from "../spec/descriptors.js";
import { faultConditions } from "../spec/faults.js";
import type { Register, Structure } from "../spec/fields.js";
import { registers } from "../spec/registers.js";
import { interruptEntries, pagingEntries, tableEntries } from "../spec/structures.js";

const WIDEST_PLAIN_REGISTER = 64;

/** Records of registers wider than 64 bits, which software reads like a structure. */
function asStructure(register: Register): Structure {
  return { ...register, name: register.mnemonic, bits: register.width };
}

export const knownStructures: readonly Structure[] = [
  ...tableEntries,
  ...pagingEntries,
  ...interruptEntries,
  ...invalidationDescriptors,
  pageRequestDescriptor,
  ...registers.filter((register) => register.width > WIDEST_PLAIN_REGISTER).map(asStructure),
];

/** What the decoders know, by kind. */
export interface KnownNames {
  readonly registers: readonly string[];
  readonly structures: readonly string[];
  readonly descriptors: readonly string[];
  /** Conditions of Table 30, and "IR.20" to "IR.2B" for Table 15. */
  readonly faults: readonly string[];
}

/** Every name that `decodeRegister`, `decodeStructure`, `decodeDescriptor` and `decodeFault` know. */
export function listNames(): KnownNames {
  return {
    registers: registers.map((register) => register.mnemonic),
    structures: knownStructures.map((structure) => structure.name),
    descriptors: [...invalidationDescriptors, pageRequestDescriptor].map(({ name }) => name),
    faults: faultConditions.map((fault) => fault.condition),
  };
}

/** What `listNames` does not list. */
export class UnknownNameError extends RangeError {
  /** What has names: "register". */
  readonly kind: string;
  readonly unknown: string;
  readonly known: readonly string[];

  constructor(kind: string, unknown: string, known: readonly string[]) {
    super(`no ${kind} "${unknown}"; known are ${known.join(", ")}`);
    this.kind = kind;
    this.unknown = unknown;
    this.known = known;
  }
}

/** "pasid-entry" and "GSTS_REG" mean what the tables call PASID_ENTRY and GSTS. */
function canonical(name: string): string {
  return name.toUpperCase().replaceAll("-", "_").replace(/_REG$/, "");
}

/**
 * The entry of a table with this name, in capitals or not.
 *
 * @throws UnknownNameError
 */
export function find<T>(
  kind: string,
  entries: readonly T[],
  nameOf: (entry: T) => string,
  name: string,
): T {
  const found = entries.find((entry) => nameOf(entry) === canonical(name));
  if (found === undefined) throw new UnknownNameError(kind, name, entries.map(nameOf));
  return found;
}
