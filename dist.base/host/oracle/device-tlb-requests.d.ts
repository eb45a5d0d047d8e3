/** How many requests a physical function is to have outstanding at most (§6.5.2.5, with ECAP.DIT). */
export interface Throttle {
    readonly physicalFunction: number;
    /** MIP: 1 to 32. */
    readonly limit: number;
}
/** ITags of device-TLB invalidations, and their time-outs (§4.1.4, §6.5.2.11). */
export declare class DeviceTlbRequests {
    #private;
    /** `timeout` in ticks, at least 1. */
    constructor(timeout: bigint);
    get outstanding(): number;
    /** When the next one times out, in ticks since the unit was made. */
    get nextDeadline(): bigint | undefined;
    /**
     * An ITag for a request that is sent now, the next free one in turn; undefined if all are in use, or
     * the function has enough to do.
     */
    begin(sourceId: number, throttle?: Throttle): number | undefined;
    /** False if no request with the ITag is outstanding for the device. */
    complete(sourceId: number, itag: number): boolean;
    /** Time passes up to the tick; the devices whose requests timed out, in order. */
    advanceTo(tick: bigint): number[];
    get now(): bigint;
    /** A reset. Time goes on. */
    forget(): void;
}
