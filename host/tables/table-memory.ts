/**
 * The guest memory that tables are written to. `GuestMemory` and every `MemoryPort` satisfy it, and so
 * does a `Map` behind two small functions.
 */
export interface TableMemory {
  /** The 64-bit little-endian word at a multiple of 8; undefined if it cannot be read. */
  read64(address: bigint): bigint | undefined;
  /** False if the word cannot be written; true or nothing if it was. */
  write64(address: bigint, value: bigint): boolean | void;
  /** Writes zeros to `length` bytes at once; without it they are written word by word. */
  clear?(address: bigint, length: number): boolean | void;
}

/** Bytes of a frame: every table starts on a multiple of it, and most are this large. */
export const FRAME_SIZE = 4096n;

/** A number as the manual writes addresses: 0x1000. */
export function hex(value: bigint | number): string {
  return `${value < 0 ? "-" : ""}0x${(value < 0 ? -value : value).toString(16)}`;
}

/**
 * The word at `address`.
 * @throws {RangeError} if memory does not answer.
 */
export function readWord(memory: TableMemory, address: bigint): bigint {
  const word = memory.read64(address);
  if (word === undefined) throw new RangeError(unreachable("read", address));
  return word;
}

/**
 * Writes the word at `address`.
 * @throws {RangeError} if memory refuses it.
 */
export function writeWord(memory: TableMemory, address: bigint, value: bigint): void {
  if (memory.write64(address, value) === false) {
    throw new RangeError(unreachable("written", address));
  }
}

/**
 * Fills whole words with zeros.
 * @throws {RangeError} if memory refuses one.
 */
export function clearWords(memory: TableMemory, address: bigint, length: bigint): void {
  if (memory.clear === undefined) {
    for (let word = address; word < address + length; word += 8n) writeWord(memory, word, 0n);
  } else if (memory.clear(address, Number(length)) === false) {
    throw new RangeError(unreachable("written", address));
  }
}

function unreachable(access: "read" | "written", address: bigint): string {
  return (
    `the word at ${hex(address)} cannot be ${access}: expected RAM that is not poisoned and, ` +
    `for tables of a nested first stage, that the second stage maps`
  );
}
