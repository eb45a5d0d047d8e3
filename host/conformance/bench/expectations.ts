import type { Field } from "../../spec/fields.js";
import type { EntryFields, TableEntry } from "../../tables/entry.js";
import type { Channel } from "./channel.js";
import { fieldNamed, fieldOf, registerNamed, type RegisterBank } from "./registers.js";
import type { ShadowMemory } from "./shadow-memory.js";
import type { FieldMismatch, Mismatch } from "./verdicts.js";

/** Compares what the unit does with what the case expects, and collects every difference. */
export class Expectations {
  readonly mismatches: Mismatch[] = [];
  readonly #channel: Channel;
  readonly #memory: ShadowMemory;
  readonly #registers: RegisterBank;

  constructor(channel: Channel, memory: ShadowMemory, registers: RegisterBank) {
    this.#channel = channel;
    this.#memory = memory;
    this.#registers = registers;
  }

  /** Two values are equal: numbers, text, bytes, or plain objects and arrays of such. */
  equal(what: string, actual: unknown, expected: unknown): boolean {
    return this.fields(what, { value: actual }, { value: expected });
  }

  /** Something holds; `actual` says what was found instead. */
  that(what: string, holds: boolean, actual: unknown): boolean {
    if (!holds) this.report(what, [{ field: "value", expected: what, actual: shown(actual) }]);
    return holds;
  }

  /** Each expected member is equal; members that are not expected may be anything. */
  fields(
    what: string,
    actual: Readonly<Record<string, unknown>>,
    expected: Readonly<Record<string, unknown>>,
  ): boolean {
    return this.report(
      what,
      Object.entries(expected)
        .filter(([name, wanted]) => shown(actual[name]) !== shown(wanted))
        .map(([field, wanted]) => ({
          field,
          expected: shown(wanted),
          actual: shown(actual[field]),
        })),
    );
  }

  /** A register has these fields, or this value. */
  async register(
    name: string,
    expected: EntryFields | bigint | number,
    when = "",
  ): Promise<boolean> {
    const value = await this.#registers.read(name);
    const what = when === "" ? name : `${name} ${when}`;
    const { register } = registerNamed(name);
    if (typeof expected !== "object") {
      const fields = Object.fromEntries(
        register.fields.map((field) => [
          field.name,
          fieldOf(register, field.name, BigInt(expected)),
        ]),
      );
      return this.decoded(what, name, value, fields) && this.equal(what, value, BigInt(expected));
    }
    return this.decoded(what, name, value, expected);
  }

  /** A value of a register has these fields. */
  decoded(what: string, name: string, value: bigint, expected: EntryFields): boolean {
    const { register } = registerNamed(name);
    return this.report(
      `${what} (0x${value.toString(16)})`,
      Object.entries(expected).flatMap(([field, wanted]) =>
        difference(fieldNamed(register, field), fieldOf(register, field, value), BigInt(wanted)),
      ),
    );
  }

  /** An entry in the target's memory has these fields. */
  async entry(what: string, entry: TableEntry, expected: EntryFields): Promise<boolean> {
    const { address, structure } = entry;
    await this.fetch(address, structure.bits / 8);
    return this.report(
      `${what}, ${structure.title} at 0x${address.toString(16)}`,
      Object.entries(expected).flatMap(([name, wanted]) => {
        const field = structure.fields.find((candidate) => candidate.name === name);
        const actual = entry.get(name);
        return difference(field ?? { name, meaning: "" }, actual, BigInt(wanted));
      }),
    );
  }

  /** Memory of the target holds these bytes. */
  async memory(what: string, address: bigint, expected: Uint8Array): Promise<boolean> {
    const place = `${what}, memory at 0x${address.toString(16)}`;
    return this.equal(place, await this.fetch(address, expected.length), expected);
  }

  /** What the target has in memory; the shadow takes it over. */
  async fetch(address: bigint, length: number): Promise<Uint8Array> {
    const { data } = await this.#channel.ask({ op: "read-memory", address, length });
    this.#memory.store(address, data);
    return data;
  }

  /** Notes what differs; true if nothing does. */
  report(what: string, fields: readonly FieldMismatch[]): boolean {
    if (fields.length > 0) this.mismatches.push({ what, fields });
    return fields.length === 0;
  }
}

function difference(
  field: Pick<Field, "name" | "meaning" | "values">,
  actual: bigint,
  expected: bigint,
): FieldMismatch[] {
  if (actual === expected) return [];
  const named = (value: bigint) => {
    const known = field.values?.find((candidate) => BigInt(candidate.value) === value);
    return known === undefined ? shown(value) : `${shown(value)} (${known.meaning})`;
  };
  return [
    {
      field: field.name,
      expected: named(expected),
      actual: named(actual),
      meaning: field.meaning,
    },
  ];
}

/** A value as the reports show it; equal text means equal values. */
function shown(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "number") {
    return value < 10 && value >= 0 ? String(value) : `0x${value.toString(16)}`;
  }
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "string") return value;
  if (value === undefined) return "nothing";
  if (value instanceof Uint8Array) {
    return `bytes ${Buffer.from(value)
      .toString("hex")
      .replaceAll(/(..)(?=.)/g, "$1 ")}`;
  }
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  const members = Object.entries(value as object).filter(([, member]) => member !== undefined);
  const sorted = members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, member]) => `${name}: ${shown(member)}`).join(", ")}}`;
}
