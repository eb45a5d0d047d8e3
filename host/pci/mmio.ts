import type { Topology } from "./topology.js";
import type { EndpointFunction } from "./function.js";

/** A fixed window of memory-mapped registers, such as the register pages of a remapping unit. */
export interface MmioWindow {
  readonly base: bigint;
  readonly size: number;
  read(offset: number, size: number): bigint;
  write(offset: number, size: number, value: bigint): void;
}

export type MmioSize = 1 | 2 | 4 | 8;

/** Routes memory accesses of the processor to fixed windows, then to base address registers. */
export class MmioSpace {
  readonly #topology: Topology;
  readonly #windows: MmioWindow[] = [];

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  addWindow(window: MmioWindow): void {
    const end = (other: MmioWindow) => other.base + BigInt(other.size);
    const clash = this.#windows.find((o) => window.base < end(o) && end(window) > o.base);
    if (clash) {
      throw new RangeError(
        `the window at 0x${window.base.toString(16)} overlaps the one at 0x${clash.base.toString(16)}`,
      );
    }
    this.#windows.push(window);
  }

  /** All ones if nothing answers. */
  read(address: bigint, size: MmioSize): bigint {
    const window = this.#windowAt(address, size);
    if (window) return window.read(Number(address - window.base), size);
    const target = this.#barAt(address);
    if (!target) return (1n << BigInt(8 * size)) - 1n;
    return target.owner.endpoint.readBar(target.bar, target.offset, size);
  }

  write(address: bigint, size: MmioSize, value: bigint): void {
    const window = this.#windowAt(address, size);
    if (window) {
      window.write(Number(address - window.base), size, value);
      return;
    }
    const target = this.#barAt(address);
    target?.owner.endpoint.writeBar(target.bar, target.offset, size, value);
  }

  #windowAt(address: bigint, size: number): MmioWindow | undefined {
    return this.#windows.find(
      (window) =>
        address >= window.base && address + BigInt(size) <= window.base + BigInt(window.size),
    );
  }

  #barAt(address: bigint): { owner: EndpointFunction; bar: number; offset: number } | undefined {
    for (const owner of this.#topology.endpoints()) {
      if (!isDecoded(owner, address)) continue;
      for (const bar of owner.bars) {
        const offset = bar.offsetOf(address);
        if (offset !== undefined) return { owner, bar: bar.index, offset };
      }
    }
    return undefined;
  }
}

/** Memory Space Enable here, and a window that covers the address in every bridge above. */
function isDecoded(owner: EndpointFunction, address: bigint): boolean {
  if (!owner.memoryEnabled) return false;
  for (let above = owner.parent; above; above = above.parent) {
    if (!above.forwards(address)) return false;
  }
  return true;
}
