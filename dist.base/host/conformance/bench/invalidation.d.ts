import { type EntryFields } from "../../tables/entry.js";
import type { FrameSource } from "../../tables/frames.js";
import type { ReportedCapabilities } from "../capabilities.js";
import type { Channel } from "./channel.js";
import type { GlobalCommands } from "./commands.js";
import type { RegisterBank } from "./registers.js";
import type { ShadowMemory } from "./shadow-memory.js";
export interface QueueOptions {
    /** 2^size pages. Default 0. */
    readonly size?: number;
    /** Descriptors of 256 bits. Default: as the unit has scalable mode. */
    readonly wide?: boolean;
}
/**
 * Four words of an invalidation descriptor by its name in host/spec/descriptors.ts, for example
 * `descriptor("IOTLB_INV", { G: 2, DID: 5 })`. The upper half of a 128-bit type is zero.
 */
export declare function descriptor(name: string, fields?: EntryFields): bigint[];
/** A wait that writes `data` to the dword at `address`. */
export declare function statusWait(address: bigint, data: number, fields?: EntryFields): bigint[];
/** The invalidation queue as software runs it (§6.5.2). */
export declare class InvalidationQueue {
    #private;
    constructor(parts: {
        readonly channel: Channel;
        readonly memory: ShadowMemory;
        readonly registers: RegisterBank;
        readonly commands: GlobalCommands;
        readonly frames: FrameSource;
        readonly capabilities: ReportedCapabilities;
    });
    get started(): boolean;
    /** Bytes of one descriptor: 16 or 32. */
    get stride(): number;
    /** Bytes of the queue. */
    get bytes(): number;
    get base(): bigint;
    /** Byte offset that software writes next. */
    get tail(): number;
    /** Gives the unit a queue and enables it: IQT 0, IQA, QIE. */
    start({ size, wide }?: QueueOptions): Promise<void>;
    /** Writes descriptors behind the last, without telling the unit; answers the new tail. */
    put(...descriptors: readonly (readonly bigint[])[]): number;
    /** Writes a descriptor at a byte offset of the queue. */
    overwrite(offset: number, words: readonly bigint[]): void;
    /** Goes on at an offset, as software does that starts over. */
    continueAt(offset: number): void;
    /** Writes descriptors and IQT. */
    submit(...descriptors: readonly (readonly bigint[])[]): Promise<void>;
    /**
     * Submits descriptors and a wait, and reads the wait's status until it is written.
     * @throws CaseFailure if it never is.
     */
    run(...descriptors: readonly (readonly bigint[])[]): Promise<void>;
    /** IQH as a number. */
    head(): Promise<number>;
}
