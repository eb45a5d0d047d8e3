import type { MemoryPort } from "../memory/port.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { ConditionName } from "./fault-conditions.js";
import type { OracleRequest } from "./oracle-request.js";

/** One entry that was read for a request, and what was concluded from it. */
export interface Step {
  /** For example "context entry" or "second-stage entry". */
  readonly structure: string;
  /** Level of a paging entry, 1 for the last; undefined for other structures. */
  readonly level: number | undefined;
  /** Host physical address of the entry. */
  readonly address: bigint;
  /** The whole entry, bit 0 lowest; undefined if it could not be read. */
  readonly value: bigint | undefined;
  /** Conclusions in the order in which they were drawn, separated by semicolons. */
  readonly decision: string;
}

/** Another agent changed an entry between its fetch and the update of its flags. */
export const ENTRY_CHANGED = "entry changed";

/** Why the processing of a request ended before its normal end. */
export type Stop = ConditionName | typeof ENTRY_CHANGED;

/** Every value that the chapters hand on is an object, and every reason to stop a string. */
export function isStop<T extends object>(outcome: T | Stop | undefined): outcome is Stop {
  return typeof outcome === "string";
}

/** Legacy mode is TTM = 00b, scalable mode TTM = 01b. */
export type TableMode = "legacy" | "scalable";

/** One request on its way through the tables: what it may read, and what it has met so far. */
export class Inquiry {
  readonly unit: UnitCapabilities;
  readonly request: OracleRequest;
  /** True once an entry with Fault Processing Disable was met (§7.1.1). */
  faultProcessingDisabled = false;
  readonly #memory: MemoryPort;
  readonly #steps: { step: Omit<Step, "decision">; conclusions: string[] }[] = [];

  constructor(unit: UnitCapabilities, memory: MemoryPort, request: OracleRequest) {
    this.unit = unit;
    this.#memory = memory;
    this.request = request;
  }

  get steps(): readonly Step[] {
    return this.#steps.map(({ step, conclusions }) => ({
      ...step,
      decision: conclusions.join("; "),
    }));
  }

  /**
   * Reads an entry of `words` 64-bit words. All words are read before anything is decided, and one
   * that fails makes the entry unreadable: hardware accesses an entry of up to 128 bits atomically,
   * and may do so with longer ones (§9).
   */
  fetch(structure: string, address: bigint, words: number, level?: number): bigint | undefined {
    let value: bigint | undefined = 0n;
    for (let word = 0n; word < BigInt(words) && value !== undefined; word++) {
      const bits = this.#memory.read64(address + 8n * word);
      value = bits === undefined ? undefined : value | (bits << (64n * word));
    }
    this.#steps.push({ step: { structure, level, address, value }, conclusions: [] });
    return value;
  }

  /** Stores flags atomically; the word found, or undefined if the access failed. */
  compareExchange(address: bigint, expected: bigint, replacement: bigint): bigint | undefined {
    return this.#memory.compareExchange64(address, expected, replacement);
  }

  /** Adds a conclusion to the entry read last. */
  note(conclusion: string): void {
    this.#steps.at(-1)?.conclusions.push(conclusion);
  }

  /** Ends the request with a fault condition, and says why. */
  stop(condition: ConditionName, why: string): ConditionName {
    this.note(`${condition}: ${why}`);
    return condition;
  }
}
