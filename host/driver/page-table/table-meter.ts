import type { LockCounts } from "../kernel/index.js";

/** What code of one kind did to tables, and what it waited for. */
export interface PathCounts {
  /** Calls of the operation. */
  calls: number;
  loads: number;
  stores: number;
  exchanges: number;
  /** Exchanges that found another value than they expected. */
  lostExchanges: number;
  /** Table pages that were allocated, also those that lost the race for their place. */
  allocations: number;
  /** Bytes of input addresses that were mapped, unmapped, or looked at. */
  bytes: bigint;
}

/** The operations that are counted apart. */
export const tablePaths = ["map", "unmap", "lookup", "dirtyScan", "walk", "teardown"] as const;
export type TablePath = (typeof tablePaths)[number];

/** How table pages were given back. */
export interface ReclaimCounts {
  /** Table pages freed. */
  freed: number;
  /** Flushes of the unit's caches, each waited for. */
  syncs: number;
  /** Callbacks queued behind a grace period. */
  callbacks: number;
  /** Bytes of table pages that are unlinked and not free yet: now, and at most. */
  deferredBytes: number;
  peakDeferredBytes: number;
}

/** Counts of a table, over its whole life. */
export class TableMeter {
  readonly paths: Readonly<Record<TablePath, PathCounts>>;
  readonly reclaim: ReclaimCounts = {
    freed: 0,
    syncs: 0,
    callbacks: 0,
    deferredBytes: 0,
    peakDeferredBytes: 0,
  };

  constructor() {
    const entries = tablePaths.map((path) => [path, noCounts()] as const);
    this.paths = Object.fromEntries(entries) as Record<TablePath, PathCounts>;
  }

  /** Table pages were unlinked (positive) or freed (negative). */
  defer(bytes: number): void {
    const { reclaim } = this;
    reclaim.deferredBytes += bytes;
    reclaim.peakDeferredBytes = Math.max(reclaim.peakDeferredBytes, reclaim.deferredBytes);
  }
}

function noCounts(): PathCounts {
  return {
    calls: 0,
    loads: 0,
    stores: 0,
    exchanges: 0,
    lostExchanges: 0,
    allocations: 0,
    bytes: 0n,
  };
}

/** Cycles that one of each takes. */
export interface PathLatencies {
  readonly load: number;
  readonly store: number;
  readonly exchange: number;
  readonly allocation: number;
  readonly lock: number;
  /** On top, if somebody else had it. */
  readonly contendedLock: number;
  /** An invalidation with the wait for it. */
  readonly sync: number;
  readonly callback: number;
}

/**
 * A processor with its tables in its second-level cache, and an invalidation of about a microsecond. These are
 * numbers to compare designs by; give your own for a machine.
 */
export const defaultPathLatencies: PathLatencies = {
  load: 14,
  store: 14,
  exchange: 40,
  allocation: 300,
  lock: 25,
  contendedLock: 200,
  sync: 3000,
  callback: 60,
};

/** Cycles of a path, count by latency; locks and reclaim are those of the whole run unless left out. */
export function modelledCycles(
  counts: PathCounts,
  also: { readonly locks?: LockCounts; readonly reclaim?: ReclaimCounts } = {},
  latencies: PathLatencies = defaultPathLatencies,
): number {
  const { locks, reclaim } = also;
  return (
    counts.loads * latencies.load +
    counts.stores * latencies.store +
    counts.exchanges * latencies.exchange +
    counts.allocations * latencies.allocation +
    (locks ? locks.acquisitions * latencies.lock + locks.contended * latencies.contendedLock : 0) +
    (reclaim ? reclaim.syncs * latencies.sync + reclaim.callbacks * latencies.callback : 0)
  );
}
