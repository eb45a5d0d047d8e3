import { Parser } from "binary-parser";

/** A field of a structure of the user interface: bytes from the beginning, and how many it has. */
export type StructField = readonly [offset: number, size: 1 | 2 | 4 | 8];

export type StructValues<F extends Record<string, StructField>> = {
  -readonly [K in keyof F]: F[K][1] extends 8 ? bigint : number;
};

/** A little-endian structure that user space and the kernel exchange. */
export class Struct<F extends Record<string, StructField>> {
  readonly name: string;
  readonly bytes: number;
  readonly fields: F;
  readonly #parser: Parser;

  /** The fields fill `bytes` without a gap, in order. */
  constructor(name: string, bytes: number, fields: F) {
    this.name = name;
    this.bytes = bytes;
    this.fields = fields;
    const parser = new Parser();
    let end = 0;
    for (const [field, [offset, size]] of Object.entries(fields)) {
      if (offset !== end) throw new RangeError(`${name}.${field} is at ${offset}: expected ${end}`);
      if (size === 8) parser.uint64le(field);
      else if (size === 4) parser.uint32le(field);
      else if (size === 2) parser.uint16le(field);
      else parser.uint8(field);
      end += size;
    }
    if (end !== bytes) throw new RangeError(`${name} has ${bytes} bytes, its fields ${end}`);
    this.#parser = parser;
  }

  /** Fields that are left out are 0. @throws RangeError for a value that its field cannot hold. */
  encode(values: Partial<StructValues<F>>): Uint8Array {
    const bytes = new Uint8Array(this.bytes);
    const view = new DataView(bytes.buffer);
    for (const [field, value] of Object.entries(values) as [
      string,
      number | bigint | undefined,
    ][]) {
      if (value === undefined) continue;
      const place = this.fields[field];
      if (place === undefined) throw new RangeError(`${this.name} has no field "${field}"`);
      const [offset, size] = place;
      const whole = BigInt(value);
      if (whole < 0n || whole >> BigInt(8 * size) !== 0n) {
        throw new RangeError(`${this.name}.${field} is ${value}: expected ${8 * size} bits`);
      }
      if (size === 8) view.setBigUint64(offset, whole, true);
      else if (size === 4) view.setUint32(offset, Number(whole), true);
      else if (size === 2) view.setUint16(offset, Number(whole), true);
      else view.setUint8(offset, Number(whole));
    }
    return bytes;
  }

  /** Reads a structure at the beginning of `bytes`. @throws RangeError if there are too few. */
  decode(bytes: Uint8Array): StructValues<F> {
    if (bytes.length < this.bytes) {
      throw new RangeError(`${this.name} has ${this.bytes} bytes, these are ${bytes.length}`);
    }
    return this.#parser.parse(bytes.subarray(0, this.bytes)) as StructValues<F>;
  }
}
