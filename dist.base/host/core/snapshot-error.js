/** A snapshot that cannot be taken now, or that this unit or machine cannot go on from. */
export class SnapshotError extends Error {
    name = "SnapshotError";
}
