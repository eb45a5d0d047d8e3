import type { ConfigSpaceData } from "./config-space.js";
import type { Topology } from "./topology.js";
/** One function of a bus. */
export interface FunctionData {
    /** Devices and functions from the root bus down: "1c.0/0.0". */
    readonly path: string;
    readonly config: ConfigSpaceData;
    /** Of an endpoint. */
    readonly shape?: string;
    readonly device?: unknown;
}
/** Every function, each bridge ahead of what is below it. */
export declare function snapshotFunctions(topology: Topology): FunctionData[];
/** @throws SnapshotError unless the same functions are plugged in at the same places. */
export declare function checkFunctions(topology: Topology, data: readonly FunctionData[]): void;
/** Puts in place what `checkFunctions` has let pass: configuration space first, then the devices. */
export declare function restoreFunctions(topology: Topology, data: readonly FunctionData[]): void;
