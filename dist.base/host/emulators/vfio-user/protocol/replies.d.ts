/** Bodies of replies of the server. */
/** What the server agrees to; the keys are the protocol's. */
export interface VersionCapabilities {
    readonly max_msg_fds: number;
    readonly max_data_xfer_size: number;
    readonly pgsizes: number;
    readonly max_dma_maps: number;
    readonly write_multiple: boolean;
}
/** Indexes of regions that a PCI function has: 0 to 5 are base address registers. */
export declare const CONFIG_REGION = 7;
export declare function versionReply(capabilities: VersionCapabilities): Uint8Array;
export declare function deviceInfoReply(argsz: number): Uint8Array;
/** `size` 0 stands for a region that the function does not have. */
export declare function regionInfoReply(argsz: number, index: number, size: number): Uint8Array;
export declare function irqInfoReply(argsz: number, index: number, count: number): Uint8Array;
