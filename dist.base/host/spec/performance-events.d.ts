/** The performance monitoring events of VT-d 5.10 Table 49, and which of them this unit counts. */
/** Filters in the order of their support bits in PERFCAP and of their registers (§11.4.13.16 on). */
export declare const performanceFilters: readonly ["RID", "DID", "PASID", "AT", "PTL"];
export type PerformanceFilter = (typeof performanceFilters)[number];
interface TableRow {
    readonly group: number;
    /** Bit of the event in PERFEVNTCAP.ES and PERFCNTRCFG.ES. */
    readonly bit: number;
    readonly mnemonic: string;
    /** Filters that the event may be counted with. */
    readonly filters: readonly PerformanceFilter[];
}
/** An event that a unit announces when it has one of `requiresAny`. */
export interface CountedEvent extends TableRow {
    /** What counts once. */
    readonly counts: string;
    readonly requiresAny?: readonly string[];
}
/** An event that no unit announces. */
export interface UncountedEvent extends TableRow {
    readonly why: string;
}
export type PerformanceEvent = CountedEvent | UncountedEvent;
export declare function isCounted(event: PerformanceEvent): event is CountedEvent;
export declare const performanceEvents: readonly PerformanceEvent[];
export {};
