import type { FaultEvent } from "../core/outbox.js";
import type { Iommu } from "../iommu.js";
/** What happened, as far as the account names single events. */
export interface BootEvents {
    readonly faults: readonly FaultEvent[];
    /** Page group responses by code: 0 Success, 1 Invalid Request, 15 Response Failure. */
    readonly responses: ReadonlyMap<number, number>;
    /** Why each was lost. */
    readonly lostInterrupts: readonly string[];
    /** Milliseconds from the attachment on; undefined if it never happened. */
    readonly firstLineMs: number | undefined;
    readonly firstResponseMs: number | undefined;
}
/** A machine of any emulator, as far as it tells what happens. */
export interface WatchedMachine {
    readonly iommu: Iommu;
    onLostInterrupt(listener: (message: unknown, why: string) => void): unknown;
}
/** Listens to a run from its start. */
export declare class BootListener {
    #private;
    attached(machine: WatchedMachine): void;
    /** The guest has written a line. */
    line(): void;
    get events(): BootEvents;
}
