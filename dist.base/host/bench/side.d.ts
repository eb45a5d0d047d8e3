import type { CounterName } from "../core/layout.js";
/** What some passes over the stream of a case have taken and given. */
export interface Passes {
    /** Time of the median batch: whoever was interrupted by another process does not count. */
    readonly nanoseconds: number;
    /** Over every status and output address, in order. */
    readonly checksum: number;
    /** Requests that did not translate. */
    readonly failures: number;
}
/** One implementation of the unit, ready to run a case. */
export interface Side {
    run(passes: number): Passes | Promise<Passes>;
    /** The event counters that the case is about. */
    counters(): Promise<Readonly<Record<CounterName, bigint>>>;
    close(): void;
}
