import { FIRST_STAGE_ENTRY, maskOf } from "./structures.js";
import { PageTable, type PageRun, type PageTableOptions } from "./page-table.js";
import { encodeEntry } from "./entry.js";
import { hex } from "./table-memory.js";

export interface FirstStageOptions extends PageTableOptions {
  /** 4 (FSPM = 0) or 5 (FSPM = 1, needs CAP.FS5LP). Default 4. */
  readonly levels?: 4 | 5;
}

/** What a first-stage leaf says besides the address. A present page is always readable. */
export interface FirstStageAttributes {
  /** R/W. Default true. */
  readonly write?: boolean;
  /** U/S: requests with user privilege may use the page. Default true. */
  readonly user?: boolean;
  /** G; the unit ignores it. Default false. */
  readonly global?: boolean;
  /** A. Default false. */
  readonly accessed?: boolean;
  /** D. Default false. */
  readonly dirty?: boolean;
  /** EA, for PASID entries with EAFE. Default false. */
  readonly extendedAccessed?: boolean;
}

const PRESENT = maskOf(FIRST_STAGE_ENTRY, "P");

/**
 * First-stage page tables (§3.6, §9.7). Entries that point to tables allow writes and user privilege, so
 * the leaf alone decides; `entry` changes that.
 *
 * Nested, the output addresses are guest-physical, and so are the tables: give it the memory of
 * `throughSecondStage` and frames of guest-physical memory that the second stage maps.
 */
export class FirstStageTable extends PageTable<FirstStageAttributes> {
  readonly levels: 4 | 5;
  protected override readonly structure = FIRST_STAGE_ENTRY;
  readonly #accessed: boolean;

  /** @throws {RangeError} if `levels` is neither 4 nor 5, or frames or memory fail. */
  constructor(options: FirstStageOptions) {
    const levels = options.levels ?? 4;
    if (![4, 5].includes(levels)) throw new RangeError(`levels ${levels}: expected 4 or 5`);
    super(options, levels);
    this.levels = levels;
    this.#accessed = options.accessed ?? false;
  }

  /** Maps pages at canonical addresses: the upper bits equal the highest bit that is translated. */
  override map(iova: bigint, physical: bigint, options: PageRun & FirstStageAttributes = {}): void {
    super.map(iova, physical, options);
  }

  protected override isPresent(entry: bigint): boolean {
    return (entry & PRESENT) !== 0n;
  }

  protected override tableEntry(): bigint {
    return encode({ P: 1, RW: 1, US: 1, A: this.#accessed });
  }

  protected override pageEntry(attributes: FirstStageAttributes): bigint {
    return encode({
      P: 1,
      RW: attributes.write ?? true,
      US: attributes.user ?? true,
      G: attributes.global ?? false,
      A: attributes.accessed ?? false,
      D: attributes.dirty ?? false,
      EA: attributes.extendedAccessed ?? false,
    });
  }

  protected override checkInput(first: bigint, last: bigint): void {
    const width = this.levels === 5 ? 57 : 48;
    const half = (address: bigint) => address >> BigInt(width - 1);
    const upper = (1n << BigInt(65 - width)) - 1n;
    const canonical = half(first) === half(last) && [0n, upper].includes(half(first));
    if (!canonical) {
      throw new RangeError(
        `iova ${hex(first)} to ${hex(last)}: expected canonical addresses of ${width} bits, ` +
          `bits 63:${width - 1} all equal`,
      );
    }
  }
}

function encode(fields: Parameters<typeof encodeEntry>[1]): bigint {
  return encodeEntry(FIRST_STAGE_ENTRY, fields)[0] ?? 0n;
}
