/** A field of configuration space. Bits of neither mask are read-only to software. */
export interface ConfigField {
    readonly at: number;
    readonly size: ConfigSize;
    /** Value after reset. */
    readonly value: number;
    /** Bits that software can write. */
    readonly writable?: number;
    /** Bits that software clears by writing 1. */
    readonly writeOneToClear?: number;
}
/** Bytes of a configuration access. */
export type ConfigSize = 1 | 2 | 4;
export interface ConfigSpaceData {
    /** Both without the zeros at their end. */
    readonly bytes: Uint8Array;
    readonly initial: Uint8Array;
}
/** Called after software wrote a byte of the watched range. */
export type ConfigWatcher = () => void;
/**
 * The 4 KiB configuration space of one function: bytes with a write mask and a write-one-to-clear
 * mask each. Software goes through `read` and `write`; the function itself through `get` and
 * `set`, which know no masks.
 */
export declare class ConfigSpace {
    #private;
    /** Adds a field with its reset value. */
    define(field: ConfigField): void;
    /** Calls `watcher` after each write of software that covers a byte of the range. */
    watch(at: number, size: number, watcher: ConfigWatcher): void;
    /** What software reads; all ones if the access is not within one aligned double word. */
    read(at: number, size: ConfigSize): number;
    /** What software writes; ignored if the access is not within one aligned double word. */
    write(at: number, size: ConfigSize, value: number): void;
    get(at: number, size: ConfigSize): number;
    set(at: number, size: ConfigSize, value: number): void;
    /** Sets and clears bits, as the function itself does. */
    change(at: number, size: ConfigSize, bits: {
        set?: number;
        clear?: number;
    }): void;
    /** Every field to its reset value; watchers are not called. */
    reset(): void;
    /** Values, and what they are after reset, which tells one kind of function from another. */
    snapshot(): ConfigSpaceData;
    /** True if a snapshot is of a function with the same fields. */
    fits({ initial }: ConfigSpaceData): boolean;
    /** Watchers are not called. */
    restore({ bytes }: ConfigSpaceData): void;
    /** A copy of the bytes, for emulators that want to see configuration space as an array. */
    bytes(length?: number): Uint8Array;
}
/** What a read answers when nobody does. */
export declare function allOnes(size: ConfigSize): number;
