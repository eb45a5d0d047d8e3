import type { MemoryPort } from "../../memory/port.js";
import type { AccessKind } from "../kernel/index.js";
import { Violation } from "../kernel/index.js";
import type { TablePages } from "./table-pages.js";

/**
 * Guest memory for a unit whose walks are to be seen: the entries that it reads count as touched by the step that
 * made it walk, and a walk into a table page that was freed breaks rule D-I1.
 */
export class UnitWalks implements MemoryPort {
  /** The tables that are looked out for: those of the run at hand. */
  pages: TablePages | undefined;
  readonly #memory: MemoryPort;
  #who: string | undefined;
  #violation: Violation | undefined;

  constructor(memory: MemoryPort) {
    this.#memory = memory;
  }

  /** Calls the unit within a step; `who` says for whom it walks. @throws Violation */
  during<T>(who: string, call: () => T): T {
    this.#who = who;
    this.#violation = undefined;
    try {
      const result = call();
      // The unit must come to the end of its walk: what it found is told behind it.
      const found = this.#violation as Violation | undefined;
      if (found !== undefined) throw found;
      return result;
    } finally {
      this.#who = undefined;
    }
  }

  read64(address: bigint): bigint | undefined {
    this.#note(address, "read");
    return this.#memory.read64(address);
  }

  write64(address: bigint, value: bigint): boolean {
    this.#note(address, "write");
    return this.#memory.write64(address, value);
  }

  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined {
    this.#note(address, "write");
    return this.#memory.compareExchange64(address, expected, replacement);
  }

  #note(address: bigint, kind: AccessKind): void {
    if (this.#who === undefined) return;
    const found = this.pages?.find(address);
    if (found === undefined) return;
    found.page.touchEntry(found.index, kind);
    try {
      found.page.use(`the unit, for ${this.#who},`);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.#violation ??= error;
    }
  }
}
