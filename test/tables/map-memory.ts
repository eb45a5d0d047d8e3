import type { TableMemory } from "../../host/tables/index.js";

/** Guest memory of the tables' tests: RAM from 0 to `size`, in a Map; `refused` words fail. */
export class MapMemory implements TableMemory {
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
