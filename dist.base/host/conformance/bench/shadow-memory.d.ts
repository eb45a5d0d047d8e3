import type { Operation } from "../operation.js";
/**
 * Guest memory as the case has written it, for builders that want to read and write at once. What
 * changed goes to the target ahead of the next operation; pages that were never touched are zero, and
 * become so in the target. What the unit writes shows after `store` alone.
 */
export declare class ShadowMemory {
    #private;
    read64(address: bigint): bigint;
    write64(address: bigint, value: bigint): true;
    readBytes(address: bigint, length: number): Uint8Array;
    writeBytes(address: bigint, bytes: Uint8Array): void;
    /** Takes over what the target has in memory: it is not sent back. Nothing may wait to be sent. */
    store(address: bigint, bytes: Uint8Array): void;
    /** The operations that bring the target up to date. */
    takeChanges(): Operation[];
}
