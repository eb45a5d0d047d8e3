import { VfioUserServer, type DmaLayout, type ServedEndpoint } from "../emulators/vfio-user/index.js";
import type { UnitOptions } from "./unit-options.js";
/** A server for a QEMU that somebody else starts. */
export interface ServeOptions {
    /** Absolute. Default: a new folder in memory. */
    readonly directory?: string;
    readonly memoryMib: number;
    readonly unit: UnitOptions;
    readonly endpoints?: readonly ServedEndpoint[];
    readonly dmaLayout: DmaLayout;
    /** The server ends when its last client is gone. */
    readonly untilDisconnected: boolean;
    /** Aborted, the server ends. */
    readonly signal: AbortSignal;
}
/** What a QEMU has to be told to be a client. */
export interface Served {
    readonly directory: string;
    readonly ramFile: string;
    readonly dmarFile: string;
    readonly functions: VfioUserServer["functions"];
    /** Options of QEMU. */
    readonly arguments: readonly string[];
}
export interface ServeListener {
    /** All sockets listen. */
    serving(served: Served): void;
    /** Something happened that the user may want to know. */
    told(what: string): void;
}
/** Why a server ended: it was stopped, its clients are gone, or they are gone and something was wrong with one. */
export type ServeEnding = "stopped" | "gone" | "broken";
/**
 * Serves until it is stopped, or its clients are gone. Sockets and files are gone afterwards.
 * @throws QemuError, RangeError if a file or a socket cannot be made; Error of node:net if one cannot listen.
 */
export declare function serve(options: ServeOptions, listener: ServeListener): Promise<ServeEnding>;
