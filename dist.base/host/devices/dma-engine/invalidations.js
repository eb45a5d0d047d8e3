import { manner } from "./registers.js";
/** Invalidate Requests from their arrival to their completion, which is never in the same tick. */
export class Invalidations {
    #parts;
    #pending = [];
    constructor(parts) {
        this.#parts = parts;
    }
    get pending() {
        return this.#pending.length;
    }
    receive(request) {
        const { ats, tlb, settings, counters } = this.#parts;
        counters.invalidationsReceived += 1;
        if (!ats.enabled && !settings.has(manner.ignoreEnables))
            return;
        const stale = settings.has(manner.staleTlb);
        if (!stale)
            tlb.invalidate(request);
        if (settings.has(manner.noInvalidateAnswer))
            return;
        this.#pending.push({ itag: request.itag, uses: stale ? [] : tlb.usesOf(request) });
    }
    /** Answers what nothing in flight holds up. An answer may bring the next request at once. */
    tick() {
        const { dma, tlb, counters } = this.#parts;
        const ready = this.#pending.filter(({ uses }) => !uses.some((use) => tlb.isInUse(use)));
        this.#pending = this.#pending.filter((each) => !ready.includes(each));
        for (const { itag } of ready) {
            counters.invalidationsAnswered += 1;
            dma.completeInvalidation(itag);
        }
    }
    reset() {
        this.#pending = [];
    }
    snapshot(references) {
        return this.#pending.map(({ itag, uses }) => ({
            itag,
            uses: uses.map((translation) => references.translation(translation)),
        }));
    }
    restore(data, referents) {
        this.#pending = data.map(({ itag, uses }) => ({
            itag,
            uses: uses.map((number) => referents.translation(number)),
        }));
    }
}
