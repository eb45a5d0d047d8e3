/**
 * Operations and answers in JSON: addresses and register values are hexadecimal strings ("0xfee00000"),
 * bytes are hexadecimal digits ("a5010203"), everything else is as it is. docs/conformance-protocol.md
 */
import type { Answer, Operation } from "../operation.js";

export const PROTOCOL_VERSION = 1;

/** Text of JSON for one line; BigInts as hexadecimal strings, bytes as hexadecimal digits. */
export function lineOf(value: object): string {
  const replace = (_key: string, member: unknown): unknown => {
    if (typeof member === "bigint") return `0x${member.toString(16)}`;
    return member instanceof Uint8Array ? Buffer.from(member).toString("hex") : member;
  };
  return `${JSON.stringify(value, replace)}\n`;
}

/** Members that are 64-bit numbers, wherever they stand. */
const WIDE = new Set(["address", "start", "end"]);
/** Operations whose "value" is one. */
const WIDE_VALUE = new Set(["read-register", "write-register"]);
/** Operations whose "data" is bytes. */
const BYTES = new Set(["read-memory", "write-memory", "dma", "begin-access"]);

/** The operation that a line of JSON holds; nothing is checked but the form of numbers and bytes. */
export function operationFrom(json: unknown): Operation {
  const op = isRecord(json) ? json["op"] : undefined;
  if (typeof op !== "string") throw new RangeError("an operation has a name in op");
  return revived(json, op) as Operation;
}

/** The answer to an operation that a line of JSON holds. */
export function answerFrom(json: unknown, op: string): Answer {
  return revived(json, op) as Answer;
}

/** A JSON value with its 64-bit numbers and bytes; `op` is the operation that it belongs to. */
export function revived(json: unknown, op: string): unknown {
  if (Array.isArray(json)) return json.map((item) => revived(item, op));
  if (!isRecord(json)) return json;
  // Members of an event are not those of an answer: data of an interrupt is a number.
  const inner = json["kind"] === undefined ? op : "event";
  return Object.fromEntries(
    Object.entries(json).map(([name, member]) => {
      if (WIDE.has(name) || (name === "value" && WIDE_VALUE.has(inner))) {
        return [name, wide(name, member)];
      }
      if (name === "data" && BYTES.has(inner)) return [name, bytes(member)];
      // null says that there is none, for languages that have nothing else.
      return [name, member === null ? undefined : revived(member, inner)];
    }),
  );
}

function wide(name: string, member: unknown): bigint | undefined {
  if (member === undefined || member === null) return undefined;
  if (Number.isSafeInteger(member) && (member as number) >= 0) return BigInt(member as number);
  if (typeof member === "string" && /^0x[0-9a-f]{1,16}$/i.test(member)) return BigInt(member);
  throw new RangeError(`${name} is ${JSON.stringify(member)}: expected a string such as "0x1000"`);
}

function bytes(member: unknown): Uint8Array | undefined {
  if (member === undefined || member === null) return undefined;
  if (typeof member === "string" && /^([0-9a-f]{2})*$/i.test(member)) {
    return new Uint8Array(Buffer.from(member, "hex"));
  }
  throw new RangeError(`data is ${JSON.stringify(member)}: expected two hexadecimal digits a byte`);
}

/** A member that ought to be text. */
export function textOf(member: unknown): string {
  return typeof member === "string" ? member : (JSON.stringify(member) ?? "nothing");
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
