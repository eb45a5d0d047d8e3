import type { TableImage } from "./table-image.js";

/** Where the two implementations differ, and everything that led there, line by line. */
export class Difference extends Error {
  override readonly name = "Difference";
}

/** A readable account of one run, collected while it runs. */
export class Account {
  readonly #opening: string[] = [];
  readonly #events: string[] = [];
  readonly #read = new Set<bigint>();

  /** What the run starts from, ahead of everything that happens. */
  opening(line: string): void {
    this.#opening.push(line);
  }

  /** What happens next. */
  line(line: string): void {
    this.#events.push(line);
  }

  /** The oracle has read the entry of `words` 64-bit words at this address. */
  read(address: bigint, words: number): void {
    for (let word = 0; word < words; word++) this.#read.add(address + 8n * BigInt(word));
  }

  /** Everything; of memory only the words that were read. */
  lines(image: TableImage): string[] {
    const shown = image.describe((address) => this.#read.has(BigInt(address)));
    return [
      ...this.#opening,
      "guest memory, as far as the oracle read it:",
      ...shown,
      ...this.#events,
    ];
  }
}

/** A value in one line: numbers in hexadecimal where a reader of the manual expects it. */
export function inWords(value: unknown): string {
  switch (typeof value) {
    case "bigint":
      return `0x${value.toString(16)}`;
    case "object": {
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${value.map(inWords).join(", ")}]`;
      const shown = Object.entries(value).filter(([, field]) => field !== undefined);
      return `{ ${shown.map(([name, field]) => `${name}: ${inField(name, field)}`).join(", ")} }`;
    }
    case "string":
      return JSON.stringify(value);
    default:
      return String(value);
  }
}

const HEXADECIMAL = ["sourceId", "reason", "pasid", "pageSize", "version", "data", "offset"];

function inField(name: string, value: unknown): string {
  const hex = typeof value === "number" && HEXADECIMAL.includes(name);
  return hex ? `0x${value.toString(16)}` : inWords(value);
}

/** Whether two answers are the same; a field that is undefined is a field that is absent. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left === null || right === null) return false;
  const [one, other] = [left as Record<string, unknown>, right as Record<string, unknown>];
  for (const key in one) if (!same(one[key], other[key])) return false;
  for (const key in other) if (other[key] !== undefined && one[key] === undefined) return false;
  return true;
}
