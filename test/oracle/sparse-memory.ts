import type { MemoryPort } from "../../host/memory/port.js";

/** Memory of 64-bit words that are 0 until written; single words can be made to fail. */
export class SparseMemory implements MemoryPort {
  readonly #words = new Map<bigint, bigint>();
  readonly #unreadable = new Set<bigint>();
  readonly #unwritable = new Set<bigint>();
  /** Called before every compare-and-exchange, as another agent would come in between. */
  beforeExchange: ((address: bigint) => void) | undefined;

  read64(address: bigint): bigint | undefined {
    if (address % 8n !== 0n) throw new RangeError(`${address.toString(16)}h is not aligned`);
    return this.#unreadable.has(address) ? undefined : (this.#words.get(address) ?? 0n);
  }

  write64(address: bigint, value: bigint): boolean {
    if (this.#unwritable.has(address)) return false;
    this.#words.set(address, BigInt.asUintN(64, value));
    return true;
  }

  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined {
    this.beforeExchange?.(address);
    if (this.#unwritable.has(address)) return undefined;
    const found = this.#words.get(address) ?? 0n;
    if (found === expected) this.#words.set(address, replacement);
    return found;
  }

  failReads(address: bigint): void {
    this.#unreadable.add(address);
  }

  failWrites(address: bigint): void {
    this.#unwritable.add(address);
  }

  /** Sets bits high:low of an entry, numbered over all of its words as the manual does. */
  setField(entry: bigint, high: number, low: number, value: bigint): void {
    for (let bit = low; bit <= high; bit++) {
      const address = entry + 8n * BigInt(Math.floor(bit / 64));
      const mask = 1n << BigInt(bit % 64);
      const word = this.#words.get(address) ?? 0n;
      const set = ((value >> BigInt(bit - low)) & 1n) === 1n;
      this.#words.set(address, set ? word | mask : word & ~mask);
    }
  }

  snapshot(): ReadonlyMap<bigint, bigint> {
    return new Map([...this.#words].filter(([, word]) => word !== 0n));
  }
}
