import type { Socket } from "node:net";
import { type DmaRegion, type DmaRegions } from "./dma-regions.js";
import { type DmaLayout } from "./protocol/dma-messages.js";
import type { ServedFunction } from "./served-function.js";
export interface ConnectionOptions {
    readonly socket: Socket;
    readonly served: ServedFunction;
    /** What the client has lent: the server of all functions looks it up. */
    readonly dma: DmaRegions;
    readonly dmaLayout: DmaLayout;
    /** The client has lent a range. */
    readonly mapped?: (region: DmaRegion) => void;
    /** A request that got an error reply: what was wrong. */
    readonly refused?: (reason: string) => void;
    /** The connection is over: undefined when the client closed it in order. */
    readonly ended: (reason: string | undefined) => void;
}
/**
 * One client at one function. Requests are answered at once and in order; whatever breaks the
 * protocol ends this connection with a reason, and touches no other.
 */
export declare class Connection {
    #private;
    constructor(options: ConnectionOptions);
    /** Whether the client has negotiated a version and is there. */
    get ready(): boolean;
    /** Ends the connection; DMA that waits for a reply has failed. */
    close(): void;
    /**
     * Writes guest memory, or raises an MSI, by a message. False if the client refuses. Never to be awaited
     * inside of a request of the client: it answers only when it has our reply.
     */
    dmaWrite(address: bigint, data: Uint8Array): Promise<boolean>;
    /** Reads guest memory by a message; undefined if the client refuses. See `dmaWrite`. */
    dmaRead(address: bigint, count: number): Promise<Uint8Array | undefined>;
}
