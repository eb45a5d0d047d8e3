/** A snapshot that cannot be taken now, or that this unit or machine cannot go on from. */
export declare class SnapshotError extends Error {
    readonly name = "SnapshotError";
}
