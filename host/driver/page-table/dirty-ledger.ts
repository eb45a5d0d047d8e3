import { hex } from "../../tables/table-memory.js";
import { assertInvariant, Resource, type Access, type Kernel } from "../kernel/index.js";

const PAGE = 0x1000n;
const pageOf = (iova: bigint) => iova & ~(PAGE - 1n);

/** What a scan covers. */
export interface ScannedRange {
  readonly iova: bigint;
  readonly length: bigint;
  readonly noClear?: boolean;
}

/** A scan at work. */
export interface OpenScan extends ScannedRange {
  /** Pages whose data had reached memory when the scan began, and that nobody reported since. */
  readonly due: readonly bigint[];
}

/** A leaf that a scan found dirty: what it reports of it, and the size of the whole. */
export interface ReportedRange {
  readonly iova: bigint;
  readonly length: bigint;
  readonly leaf: bigint;
}

/**
 * Keeps account of what devices wrote and what scans reported (D-I2 to D-I4): whoever copies the reported pages after
 * each scan has everything in the end, and nothing is reported that was not written since tracking began, other pages
 * of its leaf excepted. The initial copy comes after tracking has begun.
 */
export class DirtyLedger extends Resource {
  /** Written, and not reported since by a scan that clears. */
  readonly #unreported = new Set<bigint>();
  /** Writes to them began since tracking began. */
  readonly #written = new Set<bigint>();
  /** What the last scan reported, if it cleared nothing. */
  #kept: readonly ReportedRange[] = [];
  #tracking = false;

  constructor(kernel: Kernel) {
    super(kernel, "dirty ledger");
  }

  /** What a step has to declare that tells the ledger something. */
  get access(): Access {
    return { object: this, kind: "write" };
  }

  /** Tracking is about to begin: pages that are dirty already are none. */
  beginTracking(): void {
    this.#touch();
    this.#unreported.clear();
    this.#written.clear();
    this.#kept = [];
  }

  /** Tracking has begun: from now on every write counts. */
  tracking(): void {
    this.#touch();
    this.#tracking = true;
    // What was written on the way may be reported, and need not be.
    this.#unreported.clear();
  }

  endTracking(): void {
    this.#touch();
    this.#tracking = false;
  }

  /** A write was translated: its page may be dirty from now on. */
  begins(iova: bigint): void {
    this.#touch();
    this.#written.add(pageOf(iova));
  }

  /** The data of a write has reached memory. */
  wrote(iova: bigint): void {
    this.#touch();
    if (this.#tracking) this.#unreported.add(pageOf(iova));
  }

  /** Pages were unmapped: what was written there is no news any more. */
  unmapped({ iova, length }: ScannedRange): void {
    this.#touch();
    const gone = (page: bigint) => contains({ iova, length }, page);
    for (const pages of [this.#unreported, this.#written]) {
      for (const page of [...pages].filter(gone)) pages.delete(page);
    }
    this.#kept = this.#kept.filter((range) => !gone(range.iova));
  }

  beginScan(range: ScannedRange): OpenScan {
    this.#touch();
    return { ...range, due: [...this.#unreported].filter((page) => contains(range, page)) };
  }

  /** A scan has come back, and its data may be copied. @throws Violation */
  endScan(
    { due, iova, length, noClear = false }: OpenScan,
    reported: readonly ReportedRange[],
  ): void {
    this.#touch();
    for (const page of due) {
      assertInvariant(
        reported.some((range) => contains(range, page)),
        "D-I2",
        () => `${hex(page)} was written, and the scan does not report it`,
      );
    }
    for (const range of this.#kept) {
      if (!contains({ iova, length }, range.iova)) continue;
      assertInvariant(
        reported.some((other) => contains(other, range.iova)),
        "D-I3",
        () => `${hex(range.iova)} was reported and not cleared, and the next scan leaves it out`,
      );
    }
    for (const range of reported) this.#assertWritten(range);
    this.#kept = noClear ? reported : [];
    if (noClear) return;
    for (const page of this.#unreported) {
      if (reported.some((range) => contains(range, page))) this.#unreported.delete(page);
    }
  }

  #assertWritten({ iova, leaf }: ReportedRange): void {
    const whole = { iova: iova & ~(leaf - 1n), length: leaf };
    assertInvariant(
      [...this.#written].some((page) => contains(whole, page)),
      "D-I4",
      () => `${hex(iova)} is reported, and nobody wrote there since tracking began`,
    );
  }

  #touch(): void {
    this.kernel.touch(this, "write");
  }
}

function contains({ iova, length }: Pick<ReportedRange, "iova" | "length">, page: bigint): boolean {
  return page < iova + length && page + PAGE > iova;
}
