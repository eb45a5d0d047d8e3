import type { FrameSource } from "../../tables/frames.js";
import type { Channel } from "./channel.js";
import type { RegisterBank } from "./registers.js";
/** The page request queue as software runs it (§7.4). */
export declare class PageRequestQueue {
    #private;
    constructor(parts: {
        readonly channel: Channel;
        readonly registers: RegisterBank;
        readonly frames: FrameSource;
    });
    get base(): bigint;
    /** Descriptors that the queue can hold: one less than it has room for. */
    get capacity(): number;
    /** Gives the unit a queue of 2^`size` pages: PQH 0, PQT 0, PQA. */
    start(size?: number): Promise<void>;
    /** Takes what is in the queue, as software does: the four words of each descriptor. */
    take(): Promise<bigint[][]>;
}
