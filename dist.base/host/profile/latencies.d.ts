import type { CounterName } from "../core/layout.js";
/** What one event costs, in nanoseconds of modelled time. */
export interface Latencies {
    /** A read of a descriptor, or a write of a queue entry. */
    readonly memoryAccess: number;
    /** A message between a device and the unit, one way: a page request, a response. */
    readonly message: number;
    /** A translation request of a device and its completion, without the walk. */
    readonly translationRequest: number;
    /** An interrupt, from the unit's write to the first instruction of the handler. */
    readonly interrupt: number;
}
/**
 * Provisional: round numbers of the order that published measurements of servers suggest, not
 * measured on any machine. They make runs comparable with each other, not with hardware.
 */
export declare const provisionalLatencies: Latencies;
type Counters = Readonly<Record<CounterName, bigint | number>>;
/**
 * Modelled time that hardware spends on page requests, in nanoseconds, summed over a run: messages up
 * and down, queue entries, page events (one interrupt for each group that was answered), and the
 * translation requests that led to them. The time that software takes to answer is not in it.
 */
export declare function pageRequestTime(counters: Counters, latencies?: Latencies): number;
export {};
