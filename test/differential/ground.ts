import { resolveCapabilities, type Capabilities } from "../../host/core/capabilities.js";
import { Iommu } from "../../host/iommu.js";
import { GuestMemory, type PoisonOptions } from "../../host/memory/guest-memory.js";
import { memoryMap } from "../../host/memory/memory-map.js";
import { cacheSizes, combinations, type Combination } from "./combinations.js";
import { MEMORY_SIZE, TableImage } from "./table-image.js";

/** A unit that is used again and again, each time from its power-good reset on. */
export interface PooledUnit {
  readonly combination: Combination;
  readonly capabilities: Capabilities;
  readonly iommu: Iommu;
}

export interface Poison extends PoisonOptions {
  readonly address: bigint;
  readonly length: number;
}

/**
 * What runs happen on: guest memory for the unit and the same for the oracle, and units of several
 * combinations of capabilities. Made once, because it takes longer than a run.
 */
export class Ground {
  readonly units: readonly PooledUnit[];
  /** Guest memory of the unit. */
  readonly own: GuestMemory;
  /** Guest memory of the oracle. */
  readonly other: GuestMemory;
  /** What both hold at the start of a run. */
  readonly image = new TableImage();
  readonly #ownWords: BigUint64Array;
  readonly #otherWords: BigUint64Array;

  private constructor(units: readonly PooledUnit[], own: GuestMemory) {
    this.units = units;
    this.own = own;
    this.other = GuestMemory.create({ size: MEMORY_SIZE });
    this.#ownWords = wordsOf(own);
    this.#otherWords = wordsOf(this.other);
  }

  /** Units with `count` combinations of capabilities, which `seed` decides. */
  static async create(seed: number, count: number): Promise<Ground> {
    const memory = GuestMemory.create({ size: MEMORY_SIZE });
    const units: PooledUnit[] = [];
    for (const combination of combinations(seed, count)) {
      const capabilities = resolveCapabilities(combination);
      const iommu = await Iommu.create({ ...combination, memory, caches: cacheSizes(combination) });
      units.push({ combination, capabilities, iommu });
    }
    return new Ground(units, memory);
  }

  /** The unit after a power-good reset. */
  unit(index: number): PooledUnit {
    const unit = this.units[index % this.units.length]!;
    unit.iommu.reset("power-good");
    return unit;
  }

  /** Fills both memories from the image; `poison` makes accesses to parts of them fail. */
  lay(poison: readonly Poison[] = []): void {
    this.#ownWords.set(this.image.words);
    this.#otherWords.set(this.image.words);
    for (const memory of [this.own, this.other]) {
      memory.heal();
      for (const range of poison) memory.poison(range.address, range.length, range);
    }
  }

  /** Addresses at and above `from` whose words differ. */
  differences(from = 0): readonly { address: bigint; unit: bigint; oracle: bigint }[] {
    const [own, other] = [this.#ownWords.subarray(from / 8), this.#otherWords.subarray(from / 8)];
    if (Buffer.compare(bytesOf(own), bytesOf(other)) === 0) return [];
    return [...own.keys()]
      .filter((index) => own[index] !== other[index])
      .map((index) => ({
        address: BigInt(from + 8 * index),
        unit: own[index]!,
        oracle: other[index]!,
      }));
  }
}

function wordsOf({ wasmMemory, memoryMapAt }: GuestMemory): BigUint64Array {
  const start = memoryMapAt + memoryMap.ramAt;
  return new BigUint64Array(wasmMemory.buffer, start, MEMORY_SIZE / 8);
}

function bytesOf({ buffer, byteOffset, byteLength }: BigUint64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
