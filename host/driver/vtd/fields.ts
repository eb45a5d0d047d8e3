import type { Structure } from "../../spec/fields.js";
import { registers } from "../../spec/registers.js";

/** One field of a register or descriptor, out of the description. */
export interface Bits {
  readonly mask: bigint;
  get(word: bigint): bigint;
  place(value: bigint | number): bigint;
}

/**
 * A field by its name in the manual, within its 64-bit word.
 * @throws RangeError if there is none.
 */
function bitsOf(fields: Structure["fields"], name: string): Bits {
  const field = fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new RangeError(`no field is "${name}"`);
  const { high, low } = field;
  const shift = BigInt(low & 63);
  const ones = (1n << BigInt(high - low + 1)) - 1n;
  const inPlace = field.inPlace === true;
  const mask = ones << shift;
  return {
    mask,
    get: (word) => (inPlace ? word & mask : (word >> shift) & ones),
    place: (value) => (inPlace ? BigInt(value) & mask : (BigInt(value) & ones) << shift),
  };
}

/** A field of a register. */
export function registerBits(register: string, name: string): Bits {
  const found = registers.find(({ mnemonic }) => mnemonic === register);
  if (found === undefined) throw new RangeError(`no register is "${register}"`);
  return bitsOf(found.fields, name);
}

/** The bit of a register that is a field of one bit. */
export function registerBit(register: string, name: string): bigint {
  return registerBits(register, name).mask;
}
