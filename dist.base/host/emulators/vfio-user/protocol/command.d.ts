/** Commands of the vfio-user protocol, by the numbers in its header. */
export declare const command: {
    readonly version: 1;
    readonly dmaMap: 2;
    readonly dmaUnmap: 3;
    readonly deviceGetInfo: 4;
    readonly deviceGetRegionInfo: 5;
    readonly deviceGetRegionIoFds: 6;
    readonly deviceGetIrqInfo: 7;
    readonly deviceSetIrqs: 8;
    readonly regionRead: 9;
    readonly regionWrite: 10;
    readonly dmaRead: 11;
    readonly dmaWrite: 12;
    readonly deviceReset: 13;
    readonly dirtyPages: 14;
    readonly regionWriteMulti: 15;
};
export type CommandName = keyof typeof command;
/** The command's name, or its number for one that the protocol does not have. */
export declare function commandName(code: number): string;
