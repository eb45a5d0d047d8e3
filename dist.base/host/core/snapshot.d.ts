import type { Core } from "./core.js";
export declare function makeSnapshot(core: Core): Uint8Array<ArrayBuffer>;
/** The state block of a snapshot, if the unit `core` can go on from it. */
export declare function checkSnapshot(snapshot: Uint8Array, core: Core): Uint8Array;
