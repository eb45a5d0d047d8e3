import { registers } from "../../spec/registers.js";

/** The register window of a unit, as a kernel has it mapped. */
export interface RegisterWindow {
  read32(offset: number): number;
  read64(offset: number): bigint;
  write32(offset: number, value: number): void;
  write64(offset: number, value: bigint): void;
}

export interface RegisterRead {
  readonly access: "read";
  /** The manual's mnemonic, or "FRCD" with what lies behind its first byte: "FRCD+12". */
  readonly register: string;
  readonly offset: number;
  readonly size: 4 | 8;
}

export interface RegisterWrite extends Omit<RegisterRead, "access"> {
  readonly access: "write";
  readonly value: bigint;
}

export type RegisterAccess = RegisterRead | RegisterWrite;

/** Code that touches registers: it yields each access, and is given what a read found. */
export type AccessSequence<T = void> = Generator<RegisterAccess, T, bigint>;

interface Place {
  readonly offset: number;
  readonly size: 4 | 8;
}

const places = new Map<string, Place>(
  registers
    .filter(({ placedBy }) => placedBy === undefined)
    .map(({ mnemonic, offset, width }) => [mnemonic, { offset, size: width === 64 ? 8 : 4 }]),
);

/**
 * Where a register with a fixed place lies.
 * @throws RangeError for a name that no such register has.
 */
export function placeOf(register: string): Place {
  const place = places.get(register);
  if (place === undefined) throw new RangeError(`no register with a fixed place is "${register}"`);
  return place;
}

export function* read(register: string): AccessSequence<bigint> {
  return yield { access: "read", register, ...placeOf(register) };
}

/** `size` 4 writes the lower half of a 64-bit register. */
export function* write(
  register: string,
  value: bigint | number,
  size: 4 | 8 = placeOf(register).size,
): AccessSequence {
  const { offset } = placeOf(register);
  yield { access: "write", register, offset, size, value: BigInt(value) };
}

/** How often a status is read before the unit counts as broken; a kernel gives up after about 10 s. */
export const MOST_POLLS = 10_000;

/** A unit did not do what a driver must rely on; a kernel panics here. */
export class UnitBroken extends Error {
  override readonly name = "UnitBroken";
}

/**
 * Reads a register until `done`; answers the value that was.
 * @throws UnitBroken after `MOST_POLLS` reads.
 */
export function* poll(register: string, done: (value: bigint) => boolean): AccessSequence<bigint> {
  for (let i = 0; i < MOST_POLLS; i++) {
    const value = yield* read(register);
    if (done(value)) return value;
  }
  throw new UnitBroken(`${register} did not change as asked in ${MOST_POLLS} reads`);
}

/** Performs an access; a write answers 0. */
function performAccess(window: RegisterWindow, access: RegisterAccess): bigint {
  const { offset, size } = access;
  if (access.access === "read") {
    return size === 8 ? window.read64(offset) : BigInt(window.read32(offset) >>> 0);
  }
  if (size === 8) window.write64(offset, access.value);
  else window.write32(offset, Number(access.value) | 0);
  return 0n;
}

/** Runs a sequence to its end; `seen` is told each access with the value that it moved. */
export function runAccesses<T>(
  window: RegisterWindow,
  sequence: AccessSequence<T>,
  seen?: (access: RegisterAccess, value: bigint) => void,
): T {
  let next = sequence.next();
  while (next.done !== true) {
    const access = next.value;
    const value = performAccess(window, access);
    seen?.(access, access.access === "write" ? access.value : value);
    next = sequence.next(value);
  }
  return next.value;
}
