import { registers as known } from "../../spec/registers.js";
import type { Register, RegisterField } from "../../spec/fields.js";
import { encodeEntry, type EntryFields } from "../../tables/entry.js";
import type { ReportedCapabilities } from "../capabilities.js";
import type { Channel } from "./channel.js";
import { CaseFailure } from "./verdicts.js";

/** A value of a register, or its fields by name with the others 0. */
export type RegisterValue = bigint | number | EntryFields;

/** A mnemonic without _REG; with a number behind it one of a row: "FRCD0", "PERFCNTR2". */
export type RegisterName = string;

const BASE_OF: Readonly<Record<string, string>> = {
  CFGO: "PERFCFGOFF",
  FZO: "PERFFRZOFF",
  OFO: "PERFOVFOFF",
  CNTO: "PERFCNTROFF",
};
const LEAST_STRIDE = 1024;
/** Readings of a register that something is waited for in. */
const MOST_READINGS = 1000;

/** The register called that, and its place in a row of equal ones. */
export function registerNamed(name: RegisterName): { register: Register; index: number } {
  const whole = known.find(({ mnemonic }) => mnemonic === name);
  if (whole !== undefined) return { register: whole, index: 0 };
  const [, stem = "", digits = "0"] = /^(\D.*?)(\d+)$/.exec(name) ?? [];
  const row = known.find(({ mnemonic, repeat }) => mnemonic === stem && repeat !== undefined);
  if (row === undefined) throw new RangeError(`the manual has no register "${name}"`);
  return { register: row, index: Number(digits) };
}

/** The field of a register called that. */
export function fieldNamed(register: Register, name: string): RegisterField {
  const field = register.fields.find((candidate) => candidate.name === name);
  if (field !== undefined) return field;
  const fields = register.fields.map((each) => each.name).join(", ");
  throw new RangeError(`${register.mnemonic} has no field "${name}": expected one of ${fields}`);
}

/** A field of a value: its bits, or for the upper bits of an address the address. */
export function fieldOf(register: Register, name: string, value: bigint): bigint {
  const { high, low, inPlace } = fieldNamed(register, name);
  const bits = BigInt.asUintN(high - low + 1, value >> BigInt(low));
  return inPlace === true ? bits << BigInt(low % 64) : bits;
}

/** The value of a register with these fields, and 0 in the others. */
function registerValue(register: Register, value: RegisterValue): bigint {
  if (typeof value !== "object") return BigInt.asUintN(register.width, BigInt(value));
  const bits = Math.max(64, register.width);
  const words = encodeEntry({ ...register, name: register.mnemonic, bits }, value);
  return words.reduce((sum, word, index) => sum | (word << BigInt(64 * index)), 0n);
}

/** Registers of the unit by their names, wherever the unit has placed them. */
export class RegisterBank {
  readonly #channel: Channel;
  readonly #capabilities: ReportedCapabilities;

  constructor(channel: Channel, capabilities: ReportedCapabilities) {
    this.#channel = channel;
    this.#capabilities = capabilities;
  }

  /** Byte offset of a register, as FRO, IRO and the offset registers of performance monitoring say. */
  async offsetOf(name: RegisterName): Promise<number> {
    const { register, index } = registerNamed(name);
    const { offset, placedBy, repeat } = register;
    const { values } = this.#capabilities;
    let base = offset;
    if (placedBy === "FRO" || placedBy === "IRO") base += 16 * values[placedBy]!;
    else if (placedBy !== undefined) base += Number(await this.read(BASE_OF[placedBy]!));
    if (repeat === undefined || index === 0) return base;
    if (repeat.stride !== "CS") return base + index * repeat.stride;
    return base + index * (LEAST_STRIDE << Number(await this.field("PERFCAP", "CS")));
  }

  /** The value of a register: 128 bits in two readings, lower half first. */
  async read(name: RegisterName): Promise<bigint> {
    const offset = await this.offsetOf(name);
    const { width } = registerNamed(name).register;
    const [low, high] = await this.#channel.askAll<"read-register">(
      Array.from({ length: Math.ceil(width / 64) }, (_, index) => ({
        op: "read-register",
        offset: offset + 8 * index,
        size: Math.min(width, 64) / 8,
      })),
    );
    return low!.value | ((high?.value ?? 0n) << 64n);
  }

  /** One field; of the upper bits of an address the address. */
  async field(name: RegisterName, field: string): Promise<bigint> {
    return fieldOf(registerNamed(name).register, field, await this.read(name));
  }

  /** Writes a register in one access, or in two of 64 bits, lower half first. */
  async write(name: RegisterName, value: RegisterValue): Promise<void> {
    const { register } = registerNamed(name);
    const offset = await this.offsetOf(name);
    const bits = registerValue(register, value);
    const size = Math.min(register.width, 64) / 8;
    for (let at = 0; at < register.width / 8; at += size) {
      const part = BigInt.asUintN(8 * size, bits >> BigInt(8 * at));
      await this.#channel.post({ op: "write-register", offset: offset + at, size, value: part });
    }
  }

  /** Writes a register by dwords, in the order of `halves`: 0 is bits 31:0. */
  async writeDwords(
    name: RegisterName,
    value: RegisterValue,
    halves: readonly number[],
  ): Promise<void> {
    const { register } = registerNamed(name);
    const offset = await this.offsetOf(name);
    const bits = registerValue(register, value);
    for (const half of halves) {
      const part = BigInt.asUintN(32, bits >> BigInt(32 * half));
      await this.#channel.post({
        op: "write-register",
        offset: offset + 4 * half,
        size: 4,
        value: part,
      });
    }
  }

  /** Reads one dword of a register: 0 is bits 31:0. */
  async readDword(name: RegisterName, half: number): Promise<bigint> {
    const offset = (await this.offsetOf(name)) + 4 * half;
    return (await this.#channel.ask({ op: "read-register", offset, size: 4 })).value;
  }

  /** Reads `size` bytes at an offset that may have no register. */
  async readOffset(offset: number, size: number): Promise<bigint> {
    return (await this.#channel.ask({ op: "read-register", offset, size })).value;
  }

  /** Writes `size` bytes at an offset that may have no register. */
  async writeOffset(offset: number, size: number, value: bigint): Promise<void> {
    await this.#channel.post({ op: "write-register", offset, size, value });
  }

  /**
   * Reads until `fields` have their values, as drivers do.
   * @throws CaseFailure if they never do.
   */
  async waitFor(name: RegisterName, fields: EntryFields): Promise<void> {
    const { register } = registerNamed(name);
    let value = 0n;
    for (let reading = 0; reading < MOST_READINGS; reading++) {
      value = await this.read(name);
      const done = Object.entries(fields).every(
        ([field, wanted]) => fieldOf(register, field, value) === BigInt(wanted),
      );
      if (done) return;
    }
    const wanted = Object.entries(fields)
      .map(([field, bits]) => `${field} ${BigInt(bits)}`)
      .join(", ");
    throw new CaseFailure(
      `${name} never came to have ${wanted}: it is 0x${value.toString(16)} after ${MOST_READINGS} readings`,
    );
  }
}
