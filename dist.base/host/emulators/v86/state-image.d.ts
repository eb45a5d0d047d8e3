/** What a saved machine consists of. */
export interface StateParts {
    /** v86's own state, as its `save_state` answers it. */
    readonly v86: Uint8Array;
    /** The machine around the unit: a sealed snapshot. */
    readonly machine: Uint8Array;
    /** Endpoints: `PciBus.snapshot`. */
    readonly bus: Uint8Array;
    /** `Iommu.snapshot`. */
    readonly unit: Uint8Array;
}
/** The parts behind each other, v86's first. */
export declare function joinState(parts: StateParts): ArrayBuffer;
/**
 * The parts of what `joinState` made.
 * @throws {SnapshotError} for anything else, saying what it is as far as that can be told.
 */
export declare function splitState(image: ArrayBuffer): StateParts;
