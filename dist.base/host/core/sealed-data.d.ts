/** A kind of snapshot: four letters ahead of it, the version of what it holds, and its name. */
export interface SealKind {
    readonly letters: string;
    readonly version: number;
    /** For messages: "a bus". */
    readonly of: string;
}
/** Plain data as bytes that tell when they are of another kind or version, or damaged. */
export declare function seal(kind: SealKind, data: unknown): Uint8Array<ArrayBuffer>;
/**
 * What `seal` was given.
 * @throws SnapshotError for bytes of another kind or version, or damaged.
 */
export declare function unseal(kind: SealKind, sealed: Uint8Array): unknown;
