import { type EndpointChoice } from "../../devices/gallery.js";
import { Iommu, type IommuOptions } from "../../iommu.js";
import { PciBus } from "../../pci/bus.js";
import type { EndpointFunction } from "../../pci/function.js";
import type { MessageSignaledInterrupt } from "../../spec/requests.js";
import { type SourceId } from "../../spec/source-id.js";
import type { DmaLayout } from "./protocol/dma-messages.js";
import { RamFile } from "./ram-file.js";
/** An endpoint of the gallery on bus 0 of QEMU's machine. */
export type ServedEndpoint = EndpointChoice & {
    /** "00:05.0"; QEMU's option `addr` has to say the same. */
    readonly at: SourceId;
};
export interface VfioUserServerOptions {
    /** Of the unit. Default: preset "linux", which does without interrupt remapping: see the guide. */
    readonly unit?: Omit<IommuOptions, "memory" | "reportWrites">;
    /** A folder for the sockets: short, for their paths have at most 107 bytes. */
    readonly directory: string;
    /** The file of QEMU's memory-backend-file, made with share=on. It must exist. */
    readonly ramFile: string;
    /** Default: a dma-engine at 00:05.0. */
    readonly endpoints?: readonly ServedEndpoint[];
    /** Place of the unit's function on bus 0. Default 00:04.0. */
    readonly unitAt?: SourceId;
    /** QEMU 10.1 and 10.2 have "count32". Default "count64". */
    readonly dmaLayout?: DmaLayout;
}
export interface VfioUserServerEvents {
    /** A client has come to the function of this name. */
    connected: string;
    /** A request got an error reply, or a client was sent away. */
    refused: string;
    /** A client is gone: the reason if it did not close in order. */
    disconnected: {
        readonly name: string;
        readonly reason: string | undefined;
    };
    /** The guest has put the registers elsewhere than DMAR says: it cannot find them. */
    misplaced: string;
    /** The guest's memory is not in the RAM file: the unit would read zeros for tables. */
    unshared: string;
    /** An interrupt message that no client took. */
    lostInterrupt: MessageSignaledInterrupt;
}
/**
 * A unit and endpoints behind it for a QEMU that runs beside this process: one socket for each function.
 * Tables, queues and the data of DMA are read and written in the shared RAM file; messages carry register
 * accesses one way, and interrupts the other.
 */
export declare class VfioUserServer {
    #private;
    readonly iommu: Iommu;
    readonly bus: PciBus;
    readonly memory: RamFile;
    readonly endpoints: readonly EndpointFunction[];
    private constructor();
    /**
     * A server that listens on all its sockets.
     * @throws RangeError, CapabilityError for options that cannot be.
     * @throws Error of node:fs or node:net if the file or a socket cannot be used.
     */
    static start(options: VfioUserServerOptions): Promise<VfioUserServer>;
    /** Place and socket of each function, the unit's first: what QEMU's options name. */
    get functions(): readonly {
        readonly at: string;
        readonly socket: string;
    }[];
    /** Interrupt messages that the client of the unit took. */
    get interruptsDelivered(): number;
    /** The DMAR table that tells the guest of the unit, for QEMU's option -acpitable. */
    get dmar(): Uint8Array;
    on<K extends keyof VfioUserServerEvents>(event: K, listener: (what: VfioUserServerEvents[K]) => void): () => void;
    /** Ends all clients, and takes the sockets away. */
    close(): Promise<void>;
}
