import type { Register, RegisterField } from "../spec/fields.js";
import { registers } from "../spec/registers.js";

/** Bytes of the register page that viommu has: one page, as units before scalable mode had. */
export const REGISTER_PAGE_BYTES = 4096;

/** One register of a unit, or one of a row of equal registers, at its place. */
export interface PlacedRegister {
  /** The mnemonic, with the place in the row where there is one: "FRCD3". */
  readonly name: string;
  readonly register: Register;
  /** Byte offset from the base of the register page. */
  readonly offset: number;
  readonly bytes: number;
}

type CapabilityValues = Readonly<Record<string, number>>;

/** Whether a unit with these capabilities has a register or a field at all. */
export function exists(part: Register | RegisterField, values: CapabilityValues): boolean {
  const reported = (name: string) => (values[name] ?? 0) !== 0;
  const any = "requiresAny" in part ? part.requiresAny : undefined;
  return (part.requires ?? []).every(reported) && (any === undefined || any.some(reported));
}

/** Every register that a unit with these capabilities has, in the order of host/spec. */
export function placeRegisters(values: CapabilityValues): PlacedRegister[] {
  return registers
    .filter((register) => exists(register, values))
    .flatMap((register) => {
      const { repeat, placedBy } = register;
      const base = register.offset + (placedBy === undefined ? 0 : 16 * values[placedBy]!);
      const count = repeat?.count === "NFR" ? values["NFR"]! + 1 : (repeat?.count ?? 1);
      return Array.from({ length: count }, (_, index) => ({
        name: repeat === undefined ? register.mnemonic : `${register.mnemonic}${index}`,
        register,
        offset: base + index * (repeat?.stride ?? 0),
        bytes: register.width / 8,
      }));
    });
}

export function leavesPage(placed: PlacedRegister): boolean {
  return placed.offset + placed.bytes > REGISTER_PAGE_BYTES;
}

/** Neighbours in the page that share a byte; wherever registers overlap, some neighbours do. */
export function collisions(
  placed: readonly PlacedRegister[],
): (readonly [PlacedRegister, PlacedRegister])[] {
  const sorted = [...placed].sort((a, b) => a.offset - b.offset);
  return sorted.slice(1).flatMap((later, index) => {
    const earlier = sorted[index]!;
    return earlier.offset + earlier.bytes > later.offset ? [[earlier, later] as const] : [];
  });
}
