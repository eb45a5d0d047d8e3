import { resolveCapabilities, type Capabilities } from "../../host/core/capabilities.js";
import { Iommu, type IommuOptions } from "../../host/iommu.js";
import { GuestMemory, type PoisonOptions } from "../../host/memory/guest-memory.js";
import { memoryMap } from "../../host/memory/memory-map.js";
import { OracleUnit } from "../../host/oracle/index.js";
import { MESSAGES, placesOf, type Place, type Sent } from "./duel.js";
import { cacheSizes, combinations, type Combination } from "./combinations.js";
import { MEMORY_SIZE, TableImage } from "./table-image.js";

/** A unit that is used again and again, each time from its power-good reset on. */
export interface PooledUnit {
  readonly combination: Combination;
  readonly capabilities: Capabilities;
  readonly iommu: Iommu;
  /** The whole unit of the oracle, over its memory. */
  readonly oracle: OracleUnit;
  /** Its registers by name. */
  readonly places: ReadonlyMap<string, Place>;
  /** Words that the oracle is to see in place of memory: interrupt entries out of a cache. */
  readonly entries: Map<bigint, bigint>;
  /** What both have sent; whoever uses the unit empties it. */
  readonly sent: { readonly own: Sent[]; readonly other: Sent[] };
}

export interface Poison extends PoisonOptions {
  readonly address: bigint;
  readonly length: number;
}

/** A word of memory that is not the same on both sides. */
export interface WordDifference {
  readonly address: bigint;
  readonly unit: bigint;
  readonly oracle: bigint;
}

const FRAME = 4096;

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
  readonly #ownBytes: Buffer;
  readonly #otherBytes: Buffer;

  private constructor(units: readonly PooledUnit[], own: GuestMemory, other: GuestMemory) {
    this.units = units;
    this.own = own;
    this.other = other;
    this.#ownWords = wordsOf(own);
    this.#otherWords = wordsOf(this.other);
    this.#ownBytes = bytesOf(this.#ownWords);
    this.#otherBytes = bytesOf(this.#otherWords);
  }

  /** Units with `count` combinations of capabilities, which `seed` decides; `tap` makes a tap for each. */
  static async create(
    seed: number,
    count: number,
    tap: () => IommuOptions["tap"] = () => undefined,
  ): Promise<Ground> {
    const memory = GuestMemory.create({ size: MEMORY_SIZE });
    const other = GuestMemory.create({ size: MEMORY_SIZE });
    const units: PooledUnit[] = [];
    for (const combination of combinations(seed, count)) {
      const capabilities = resolveCapabilities(combination);
      const caches = cacheSizes(combination);
      const iommu = await Iommu.create({ ...combination, memory, caches, tap: tap() });
      const places = placesOf(capabilities.values);
      const entries = new Map<bigint, bigint>();
      const seen = {
        read64: (address: bigint) => entries.get(address) ?? other.read64(address),
        write64: (address: bigint, value: bigint) => other.write64(address, value),
        compareExchange64: (address: bigint, expected: bigint, value: bigint) =>
          other.compareExchange64(address, expected, value),
      };
      const oracle = new OracleUnit({ ...capabilities, memory: seen });
      const sent = { own: [] as Sent[], other: [] as Sent[] };
      for (const kind of MESSAGES) {
        iommu.on(kind, (message) => sent.own.push([kind, message]));
        oracle.on(kind, (message) => sent.other.push([kind, message]));
      }
      units.push({ combination, capabilities, iommu, oracle, places, entries, sent });
    }
    return new Ground(units, memory, other);
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

  /** The words that differ. */
  differences(): readonly WordDifference[] {
    if (Buffer.compare(this.#ownBytes, this.#otherBytes) === 0) return [];
    const found: WordDifference[] = [];
    for (let frame = 0; frame < MEMORY_SIZE; frame += FRAME) {
      const [own, other] = [this.#ownBytes, this.#otherBytes];
      if (own.compare(other, frame, frame + FRAME, frame, frame + FRAME) === 0) continue;
      for (let index = frame / 8; index < (frame + FRAME) / 8; index++) {
        const [unit, oracle] = [this.#ownWords[index]!, this.#otherWords[index]!];
        if (unit !== oracle) found.push({ address: BigInt(8 * index), unit, oracle });
      }
    }
    return found;
  }
}

function wordsOf({ wasmMemory, memoryMapAt }: GuestMemory): BigUint64Array {
  const start = memoryMapAt + memoryMap.ramAt;
  return new BigUint64Array(wasmMemory.buffer, start, MEMORY_SIZE / 8);
}

function bytesOf({ buffer, byteOffset, byteLength }: BigUint64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
