import { Connection } from "./connection.js";
import { DmaRegions, type DmaRegion } from "./dma-regions.js";
import type { DmaLayout } from "./protocol/dma-messages.js";
import type { ServedFunction } from "./served-function.js";
/** Bytes of the path of a Unix socket that the kernel takes, without its NUL. */
export declare const LONGEST_PATH = 107;
export interface FunctionSocketOptions {
    readonly path: string;
    readonly served: ServedFunction;
    readonly dmaLayout: DmaLayout;
    readonly events: FunctionSocketEvents;
}
export interface FunctionSocketEvents {
    connected(served: ServedFunction): void;
    /** The client has lent a range of memory. */
    mapped(served: ServedFunction, region: DmaRegion): void;
    /** A request got an error reply. */
    refused(served: ServedFunction, reason: string): void;
    /** A client is gone: `reason` is undefined when it closed in order. */
    disconnected(served: ServedFunction, reason: string | undefined): void;
}
/** The socket of one function: one client at a time. */
export declare class FunctionSocket {
    #private;
    readonly path: string;
    readonly served: ServedFunction;
    /** What the client has lent. */
    readonly dma: DmaRegions;
    /** @throws RangeError if the path is longer than a socket's may be. */
    constructor(options: FunctionSocketOptions);
    /** The client that has negotiated a version; undefined while there is none. */
    get client(): Connection | undefined;
    listen(): Promise<void>;
    /** Ends the client, stops listening and takes the socket away; one of another server stays. */
    close(): Promise<void>;
}
