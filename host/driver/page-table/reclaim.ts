import { assertInvariant, type Kernel, type Routine } from "../kernel/index.js";
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
    this.#usesRcu =
      policy === "rcu-ops" ||
      policy === "rcu-always" ||
      (policy === "rcu-domain" && concurrentTraversal);
  }

  get #kernel(): Kernel {
    return this.#pages.kernel;
  }

  /** Nothing in the table points to the page any more. Answers whether it has to wait for a flush. */
  *unlinked(page: TablePage): Routine<boolean> {
    this.#meter.defer(FRAME_BYTES);
    if (this.policy === "immediate") {
      yield* this.#free(page);
      return false;
    }
    this.#reachable.add(page);
    return true;
  }

  /** The caches that could lead to these pages were invalidated, and that is done. */
  flushed(pages: readonly TablePage[]): void {
    for (const page of pages) this.#reachable.delete(page);
  }

  /** Gives pages back, after the flush (D-I5). */
  *put(pages: readonly TablePage[]): Routine {
    for (const page of pages) {
      assertInvariant(
        !this.#reachable.has(page),
        "D-I5",
        () => `${page.label} is given back, and the unit's caches may lead to it`,
      );
    }
    if (pages.length === 0) return;
    if (!this.#usesRcu) yield* this.#freeAll(pages);
    else if (this.#perPage) for (const page of pages) yield* this.#defer([page]);
    else yield* this.#defer(pages);
  }

  /** Gives back the tables of a domain that nobody can find any more. */
  *putLast(pages: readonly TablePage[]): Routine {
    for (let left = pages.length; left > 0; left--) this.#meter.defer(FRAME_BYTES);
    if (this.policy === "rcu-always") {
      yield* this.#kernel.rcu.synchronize();
      yield* this.#freeAll(pages);
    } else {
      yield* this.put(pages);
    }
  }

  *#defer(pages: readonly TablePage[]): Routine {
    this.#meter.reclaim.callbacks += 1;
    const name = pages.length === 1 ? `free ${pages[0]!.label}` : `free ${pages.length} pages`;
    yield* this.#kernel.rcu.call(name, () => this.#freeAll(pages));
  }

  *#freeAll(pages: readonly TablePage[]): Routine {
    for (const page of pages) yield* this.#free(page);
  }

  *#free(page: TablePage): Routine {
    yield* this.#pages.free(page);
    this.#meter.defer(-FRAME_BYTES);
    this.#meter.reclaim.freed += 1;
  }
}
