import type { DmaPort } from "../../pci/dma-port.js";
import type { DeviceTlbInvalidate } from "../../spec/requests.js";
import type { AtsUse, Counters, Settings } from "./context.js";
import type { DeviceTlb, Translation } from "./device-tlb.js";
import type { References, Referents } from "./references.js";
import { manner } from "./registers.js";

interface PendingInvalidation {
  readonly itag: number;
  /** Requests in flight that still use what was dropped. */
  readonly uses: readonly Translation[];
}

export interface InvalidationData {
  readonly itag: number;
  /** Translations by their numbers among the references. */
  readonly uses: readonly number[];
}

export interface InvalidationParts {
  readonly dma: DmaPort;
  readonly ats: AtsUse;
  readonly tlb: DeviceTlb;
  readonly settings: Settings;
  readonly counters: Counters;
}

/** Invalidate Requests from their arrival to their completion, which is never in the same tick. */
export class Invalidations {
  readonly #parts: InvalidationParts;
  #pending: PendingInvalidation[] = [];

  constructor(parts: InvalidationParts) {
    this.#parts = parts;
  }

  get pending(): number {
    return this.#pending.length;
  }

  receive(request: DeviceTlbInvalidate): void {
    const { ats, tlb, settings, counters } = this.#parts;
    counters.invalidationsReceived += 1;
    if (!ats.enabled && !settings.has(manner.ignoreEnables)) return;
    const stale = settings.has(manner.staleTlb);
    if (!stale) tlb.invalidate(request);
    if (settings.has(manner.noInvalidateAnswer)) return;
    this.#pending.push({ itag: request.itag, uses: stale ? [] : tlb.usesOf(request) });
  }

  /** Answers what nothing in flight holds up. An answer may bring the next request at once. */
  tick(): void {
    const { dma, tlb, counters } = this.#parts;
    const ready = this.#pending.filter(({ uses }) => !uses.some((use) => tlb.isInUse(use)));
    this.#pending = this.#pending.filter((each) => !ready.includes(each));
    for (const { itag } of ready) {
      counters.invalidationsAnswered += 1;
      dma.completeInvalidation(itag);
    }
  }

  reset(): void {
    this.#pending = [];
  }

  snapshot(references: References): readonly InvalidationData[] {
    return this.#pending.map(({ itag, uses }) => ({
      itag,
      uses: uses.map((translation) => references.translation(translation)),
    }));
  }

  restore(data: readonly InvalidationData[], referents: Referents): void {
    this.#pending = data.map(({ itag, uses }) => ({
      itag,
      uses: uses.map((number) => referents.translation(number)),
    }));
  }
}
