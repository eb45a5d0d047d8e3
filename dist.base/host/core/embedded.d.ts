import { GuestMemory, type GuestMemoryOptions } from "../memory/guest-memory.js";
import { type CoreOptions } from "./configuration.js";
import { type Core } from "./core.js";
import type { CoreExports } from "./exports.js";
/** The unit with guest RAM inside its own linear memory. */
export interface EmbeddedCore {
    readonly core: Core;
    /** That RAM. */
    readonly memory: GuestMemory;
}
/** The unit and its RAM in one instance without imports: core.wasm. */
export declare function createEmbeddedCore(options: CoreOptions, memoryOptions: GuestMemoryOptions): Promise<EmbeddedCore>;
/** Gives a fresh core.wasm its state and, behind it, guest RAM. Its memory must not grow afterwards. */
export declare function embedMemory(exports: CoreExports, options: CoreOptions, memoryOptions: GuestMemoryOptions): EmbeddedCore;
