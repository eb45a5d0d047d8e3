import type { BitRange, Field, Structure } from "../spec/fields.js";
import { hex, readWord, writeWord, type TableMemory } from "./table-memory.js";

/** A field's value: a number, true for 1, false for 0; for a pointer the address it points to. */
export type EntryValue = bigint | number | boolean;

/** Fields by their names in the manual. */
export type EntryFields = Readonly<Record<string, EntryValue>>;

type NamedBits = Pick<Field, "name" | "high" | "low" | "inPlace">;

/**
 * One entry of a translation structure in guest memory. It holds no copy: it reads and writes memory,
 * and makes of an entry whatever is asked, also what hardware must refuse.
 */
export class TableEntry {
  readonly #memory: TableMemory;
  /** What the entry is, and its fields. */
  readonly structure: Structure;
  /** Address of its first word. */
  readonly address: bigint;

  constructor(memory: TableMemory, structure: Structure, address: bigint) {
    this.#memory = memory;
    this.structure = structure;
    this.address = address;
  }

  /** All 64-bit words, lowest first. */
  read(): bigint[] {
    return Array.from({ length: this.structure.bits / 64 }, (_, i) =>
      readWord(this.#memory, this.#addressOf(i)),
    );
  }

  /**
   * Writes the words that differ from those in memory. If several do, word 0 with the present bit is
   * cleared first and written last, because hardware may read a large entry in parts (§6.5.3).
   * @throws {RangeError} if the number of words is wrong or one is not within 64 bits.
   */
  write(words: readonly bigint[]): this {
    const { title, bits } = this.structure;
    if (words.length !== bits / 64) {
      throw new RangeError(`${title}: ${words.length} words given, expected ${bits / 64}`);
    }
    for (const word of words) {
      if (BigInt.asUintN(64, word) !== word) {
        throw new RangeError(`${title}: ${hex(word)} is not within 64 bits`);
      }
    }
    const before = this.read();
    const changed = words.flatMap((word, i) => (before[i] === word ? [] : [i]));
    if (changed.length > 1) writeWord(this.#memory, this.address, 0n);
    const order = changed.length > 1 ? [...changed.filter((i) => i > 0), 0] : changed;
    for (const i of order) writeWord(this.#memory, this.#addressOf(i), words[i] ?? 0n);
    return this;
  }

  /** Writes zeros: not present, and Fault Processing Disable clear. */
  clear(): this {
    return this.write(new Array<bigint>(this.structure.bits / 64).fill(0n));
  }

  /**
   * The value of a field by its name in the manual; a pointer as the address it points to.
   * @throws {RangeError} if the entry has no such field.
   */
  get(name: string): bigint {
    const field = fieldOf(this.structure, name);
    return this.getBits(field.high, field.low) << unitOf(field);
  }

  /**
   * Changes fields, named as in the manual, and leaves the others: `entry.set({ P: 0, FPD: true })`.
   * @throws {RangeError} if there is no such field, or a value does not fit in it.
   */
  set(fields: EntryFields): this {
    return this.write(encodeEntry(this.structure, fields, this.read()));
  }

  /** Bits `high:low`, counted over the whole entry; within one 64-bit word. */
  getBits(high: number, low = high): bigint {
    checkBits(this.structure, { high, low });
    const word = readWord(this.#memory, this.#addressOf(low >> 6));
    return BigInt.asUintN(high - low + 1, word >> BigInt(low & 63));
  }

  /** Changes bits `high:low`, counted over the whole entry; within one 64-bit word. */
  setBits(high: number, low: number, value: EntryValue): this {
    checkBits(this.structure, { high, low });
    const words = this.read();
    insert(words, this.structure, { name: "bits", high, low }, value);
    return this.write(words);
  }

  #addressOf(word: number): bigint {
    return this.address + 8n * BigInt(word);
  }
}

/** Entry `index` of a table of such entries. */
export function entryAt(
  memory: TableMemory,
  structure: Structure,
  table: bigint,
  index: number,
): TableEntry {
  return new TableEntry(memory, structure, table + BigInt((structure.bits / 8) * index));
}

/**
 * The words of an entry with these fields set; the other bits are those of `words`, or zero.
 * @throws {RangeError} if there is no such field, or a value does not fit in it.
 */
export function encodeEntry(
  structure: Structure,
  fields: EntryFields,
  words: readonly bigint[] = new Array<bigint>(structure.bits / 64).fill(0n),
): bigint[] {
  const result = [...words];
  for (const name of Object.keys(fields)) {
    insert(result, structure, fieldOf(structure, name), fields[name]!);
  }
  return result;
}

/** Log2 of what a field counts in: 0, or its place in the word if it is an address's upper bits. */
function unitOf({ low, inPlace }: NamedBits): bigint {
  return inPlace === true ? BigInt(low & 63) : 0n;
}

const fieldsOf = new WeakMap<Structure, ReadonlyMap<string, NamedBits>>();

function fieldOf(structure: Structure, name: string): NamedBits {
  let fields = fieldsOf.get(structure);
  if (fields === undefined) {
    fields = new Map(structure.fields.map((field) => [field.name, field]));
    fieldsOf.set(structure, fields);
  }
  const field = fields.get(name);
  if (field === undefined) {
    const known = structure.fields.map((candidate) => candidate.name).join(", ");
    throw new RangeError(`${structure.title} has no field "${name}": expected one of ${known}`);
  }
  return field;
}

function insert(words: bigint[], structure: Structure, field: NamedBits, value: EntryValue): void {
  const { name, high, low } = field;
  const where = () => `${structure.title}, ${name} (${high}:${low})`;
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError(`${where()}: ${value} is not an integer`);
  }
  const number = BigInt(value);
  const unit = unitOf(field);
  const raw = number >> unit;
  if (raw << unit !== number) {
    throw new RangeError(`${where()}: ${hex(number)} is not a multiple of ${hex(1n << unit)}`);
  }
  const width = BigInt(high - low + 1);
  if (raw < 0n || raw >> width !== 0n) {
    throw new RangeError(`${where()}: ${hex(number)} does not fit`);
  }
  const shift = BigInt(low & 63);
  const mask = ((1n << width) - 1n) << shift;
  words[low >> 6] = ((words[low >> 6] ?? 0n) & ~mask) | (raw << shift);
}

function checkBits({ title, bits }: Structure, { high, low }: BitRange): void {
  const integers = Number.isInteger(high) && Number.isInteger(low);
  if (!integers || low < 0 || high < low || high >= bits || high >> 6 !== low >> 6) {
    throw new RangeError(
      `${title}, bits ${high}:${low}: expected high >= low, in one 64-bit word of the ${bits} bits`,
    );
  }
}
