import type { Core } from "../core/core.js";
import type { Passes, Side } from "./side.js";
/** Runs the stream of a case through a core whose tables and registers are in place. */
export declare class WasmSide implements Side {
    private readonly core;
    private readonly batches;
    constructor(core: Core, batches: readonly Uint8Array[]);
    run(passes: number): Passes;
    counters(): ReturnType<Side["counters"]>;
    close(): void;
}
