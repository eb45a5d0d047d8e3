import { type CounterName } from "../core/layout.js";
import type { Passes, Side } from "./side.js";
/** Runs the stream of a case through the native yardstick, in a process of its own. */
export declare class NativeSide implements Side {
    #private;
    private constructor();
    /**
     * Starts the yardstick `program`.
     * @param folder where files for it may be written
     * @param memory the unit's memory with registers and tables in place, and no request processed yet
     */
    static start(program: string, folder: string, memory: Uint8Array, batches: readonly Uint8Array[]): Promise<NativeSide>;
    run(passes: number): Promise<Passes>;
    counters(): Promise<Readonly<Record<CounterName, bigint>>>;
    close(): void;
}
