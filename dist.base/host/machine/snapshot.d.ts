import type { GuestMemory } from "../memory/guest-memory.js";
import type { PciBus } from "../pci/bus.js";
import type { InterruptLog } from "./interrupt-log.js";
import type { PlacedUnit } from "./placed-unit.js";
export interface MachineSnapshotOptions {
    /** Whether guest memory, with its poison, is part of the snapshot. Default true. */
    readonly memory?: boolean;
}
/** What of a machine a snapshot takes along, and what it must find again. */
export interface SnapshotParts {
    readonly memory: GuestMemory;
    readonly bus: PciBus;
    readonly units: readonly PlacedUnit[];
    readonly ecam: {
        readonly base: bigint;
        readonly lastBus: number;
    };
    readonly interrupts: InterruptLog;
}
/** @throws SnapshotError when a listener calls, and for a device without snapshots. */
export declare function snapshotMachine(parts: SnapshotParts, options: MachineSnapshotOptions): Uint8Array<ArrayBuffer>;
/**
 * Puts a machine back; nothing has changed when it throws.
 * @throws SnapshotError for another version, or another shape of machine.
 */
export declare function restoreMachine(parts: SnapshotParts, snapshot: Uint8Array): void;
