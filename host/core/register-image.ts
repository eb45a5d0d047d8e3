import type { Attribute, RegisterField } from "../spec/fields.js";
import { capRegister } from "../spec/registers/cap.js";
import { ecapRegister } from "../spec/registers/ecap.js";
import { performanceReports } from "./performance-capabilities.js";
import {
  exists,
  placeRegisters,
  registerBytes,
  type PlacedRegister,
} from "./register-placement.js";

/** The words of the register set, 32 bits each, and what an access does to them. */
export interface RegisterImage {
  /** Bits that a write sets or clears. */
  readonly readWrite: Uint32Array;
  /** Bits that writing 1 clears. */
  readonly writeOneToClear: Uint32Array;
  /** Bits that software writes and that read 0: commands and operands. */
  readonly writeOnly: Uint32Array;
  /** Values after a power-good reset. */
  readonly reset: Uint32Array;
  /** Bits that a warm reset leaves alone. */
  readonly sticky: Uint32Array;
  /** Bytes of the register that the word belongs to: 4, 8 or 16; 0 where the offset is reserved. */
  readonly width: Uint32Array;
}

type Masks = Exclude<keyof RegisterImage, "reset" | "width">;

const masksOf: Readonly<Record<Attribute, readonly Masks[]>> = {
  RO: [],
  ROS: ["sticky"],
  RW: ["readWrite"],
  RW1C: ["writeOneToClear"],
  RW1CS: ["writeOneToClear", "sticky"],
  // While they are locked the core drops writes of the whole register.
  RWL: ["readWrite"],
  RWLV: ["readWrite"],
  WO: ["writeOnly"],
};

function fieldValues(fields: readonly RegisterField[], word: bigint): Record<string, number> {
  return Object.fromEntries(
    fields.map(({ name, high, low }) => [
      name,
      Number((word >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)),
    ]),
  );
}

/** Sets a run of bits, counted from the start of the register, in the words that it covers. */
function paint(words: Uint32Array, offset: number, low: number, width: number, value: bigint) {
  for (let bit = 0; bit < width; bit++) {
    if ((value >> BigInt(bit)) & 1n) {
      const index = (offset >> 2) + ((low + bit) >> 5);
      words[index] = (words[index]! | (1 << ((low + bit) & 31))) >>> 0;
    }
  }
}

/**
 * What a unit's register set looks like and how it answers writes, from its three read-only
 * registers (§11.3, §11.4). Registers and fields that need a capability which is not reported are
 * reserved: they read 0 and ignore writes.
 */
export function registerImage(of: {
  readonly version: number;
  readonly cap: bigint;
  readonly ecap: bigint;
}): RegisterImage {
  const values = {
    ...fieldValues(capRegister.fields, of.cap),
    ...fieldValues(ecapRegister.fields, of.ecap),
  };
  const words = () => new Uint32Array(registerBytes(values) / 4);
  const image: RegisterImage = {
    readWrite: words(),
    writeOneToClear: words(),
    writeOnly: words(),
    reset: words(),
    sticky: words(),
    width: words(),
  };
  const fixed = new Map([
    ["VER", BigInt(of.version)],
    ["CAP", of.cap],
    ["ECAP", of.ecap],
    ...performanceReports(values),
  ]);
  for (const placed of placeRegisters(values)) {
    const value = fixed.get(placed.name);
    if (value !== undefined) {
      paint(image.reset, placed.offset, 0, placed.register.width, value);
    }
    paintRegister(image, placed, values);
  }
  return image;
}

function paintRegister(
  image: RegisterImage,
  { register, offset, bytes }: PlacedRegister,
  values: Readonly<Record<string, number>>,
): void {
  image.width.fill(bytes, offset >> 2, (offset + bytes) >> 2);
  for (const field of register.fields.filter((candidate) => exists(candidate, values))) {
    const width = field.high - field.low + 1;
    for (const mask of masksOf[field.access]) {
      paint(image[mask], offset, field.low, width, (1n << BigInt(width)) - 1n);
    }
    paint(image.reset, offset, field.low, width, BigInt(field.reset ?? 0));
  }
}
