import { assertInvariant, type Kernel, type Routine } from "../kernel/index.js";
import type { Unlinked } from "./gather.js";
import { FRAME_BYTES, type TablePage, type TablePages } from "./table-pages.js";
import type { TableMeter } from "./table-meter.js";

/**
 * When a table page that was unlinked is freed (the debate of topic 1):
 * - "immediate": at once. The control: the unit may still walk it.
 * - "gather": when the unit's caches were flushed. What Linux 7.2 does.
 * - "rcu-domain": then, and after a grace period, for domains with the flag `concurrentTraversal`.
 * - "rcu-ops": the same, for all domains whose operations have the flag.
 * - "rcu-always": the same for all; a domain that goes away waits for one grace period instead.
 */
export const reclaimPolicies = [
  "immediate",
  "gather",
  "rcu-domain",
  "rcu-ops",
  "rcu-always",
] as const;
export type ReclaimPolicy = (typeof reclaimPolicies)[number];

export interface ReclaimOptions {
  /** Default "gather". */
  readonly policy?: ReclaimPolicy;
  /** With RCU: one callback for each page, or one for all pages of a flush. Default "list". */
  readonly callbacks?: "page" | "list";
  /** With RCU: queue callbacks when pages are unlinked, and not behind the flush: a mistake. Default false. */
  readonly queuesBeforeFlush?: boolean;
  /** The flag of a domain, for "rcu-domain": somebody walks its tables without a lock. Default true. */
  readonly concurrentTraversal?: boolean;
}

/** Frees table pages that were unlinked. */
export class Reclaim {
  readonly policy: ReclaimPolicy;
  readonly #pages: TablePages;
  readonly #meter: TableMeter;
  readonly #perPage: boolean;
  readonly #usesRcu: boolean;
  readonly #queuesBeforeFlush: boolean;
  /** Unlinked, and not flushed out of the unit's caches yet. */
  readonly #reachable = new Set<TablePage>();

  constructor(pages: TablePages, meter: TableMeter, options: ReclaimOptions = {}) {
    const { policy = "gather", callbacks = "list", concurrentTraversal = true } = options;
    if (!reclaimPolicies.includes(policy)) {
      throw new RangeError(
        `reclaim policy "${String(policy)}": expected one of ${reclaimPolicies.join(", ")}`,
      );
    }
    this.policy = policy;
    this.#pages = pages;
    this.#meter = meter;
    this.#perPage = callbacks === "page";
    this.#queuesBeforeFlush = options.queuesBeforeFlush ?? false;
    this.#usesRcu =
      policy === "rcu-ops" ||
      policy === "rcu-always" ||
      (policy === "rcu-domain" && concurrentTraversal);
  }

  get #kernel(): Kernel {
    return this.#pages.kernel;
  }

  /** Nothing in the table points to the page any more. */
  *unlink(page: TablePage, unlinked: Unlinked): Routine {
    this.#noteDeferred(FRAME_BYTES);
    unlinked.any = true;
    if (this.policy === "immediate") {
      yield* this.#free(page);
      return;
    }
    this.#reachable.add(page);
    unlinked.waiting.push(page);
    if (this.#queuesBeforeFlush) yield* this.#defer([page]);
  }

  /** The caches that could lead to these pages were invalidated, and that is done. */
  flushed(pages: readonly TablePage[]): void {
    for (const page of pages) this.#reachable.delete(page);
  }

  /** Gives pages back, after the flush (D-I5). */
  *put(pages: readonly TablePage[]): Routine {
    if (pages.length === 0 || this.#queuesBeforeFlush) return;
    for (const page of pages) this.#assertFlushed(page);
    if (!this.#usesRcu) yield* this.#freeAll(pages);
    else if (this.#perPage) for (const page of pages) yield* this.#defer([page]);
    else yield* this.#defer(pages);
  }

  /** Gives back the tables of a domain that nobody can find any more. */
  *putLast(pages: readonly TablePage[]): Routine {
    for (let left = pages.length; left > 0; left--) this.#noteDeferred(FRAME_BYTES);
    if (this.policy === "rcu-always") {
      yield* this.#kernel.rcu.synchronize();
      yield* this.#freeAll(pages);
    } else {
      yield* this.put(pages);
    }
  }

  /** Frees pages when everybody has left who may have followed a pointer to them. */
  *#defer(pages: readonly TablePage[]): Routine {
    this.#meter.reclaim.callbacks += 1;
    const name = pages.length === 1 ? `free ${pages[0]!.label}` : `free ${pages.length} pages`;
    yield* this.#kernel.rcu.call(name, () => this.#freeAll(pages));
  }

  #noteDeferred(bytes: number): void {
    this.#meter.defer(bytes);
    this.#kernel.deferred.add(bytes);
  }

  *#freeAll(pages: readonly TablePage[]): Routine {
    for (const page of pages) yield* this.#free(page);
  }

  #assertFlushed(page: TablePage): void {
    assertInvariant(
      !this.#reachable.has(page),
      "D-I5",
      () => `${page.label} is given back, and the unit's caches may lead to it`,
    );
  }

  *#free(page: TablePage): Routine {
    this.#assertFlushed(page);
    yield* this.#pages.free(page);
    this.#noteDeferred(-FRAME_BYTES);
    this.#meter.reclaim.freed += 1;
  }
}
