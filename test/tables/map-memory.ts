import type { MemoryPort } from "../../host/memory/port.js";

/** Guest memory of the tables' tests: RAM from 0 to `size`, in a Map; `refused` words fail. */
export class MapMemory implements MemoryPort {
  readonly words = new Map<bigint, bigint>();
  readonly refused = new Set<bigint>();
  /** Addresses in the order in which they were written. */
  readonly written: bigint[] = [];

  constructor(readonly size = 1n << 40n) {}

  read64(address: bigint): bigint | undefined {
    return this.#fails(address) ? undefined : (this.words.get(address) ?? 0n);
  }

  write64(address: bigint, value: bigint): boolean {
    if (this.#fails(address)) return false;
    this.words.set(address, value);
    this.written.push(address);
    return true;
  }

  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined {
    const found = this.read64(address);
    if (found === expected) this.write64(address, replacement);
    return found;
  }

  /** The word at an address that is RAM. */
  at(address: bigint): bigint {
    const word = this.read64(address);
    if (word === undefined) throw new Error(`no RAM at 0x${address.toString(16)}`);
    return word;
  }

  #fails(address: bigint): boolean {
    if (address % 8n !== 0n) throw new Error(`0x${address.toString(16)} is not aligned`);
    return address < 0n || address >= this.size || this.refused.has(address);
  }
}
