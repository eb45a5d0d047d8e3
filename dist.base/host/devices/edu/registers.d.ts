/** The numbers of docs/edu.md: offsets and bits of BAR0. Drivers on the host and tests use them as well. */
/** Where the MSI capability lies in configuration space. */
export declare const capabilityAt: {
    readonly msi: 64;
};
export declare const BAR_SIZE = 1048576;
/** Major version 1, minor version 0, and the device's name. */
export declare const IDENTIFICATION = 16777453;
export declare const reg: {
    readonly identification: 0;
    readonly liveness: 4;
    readonly factorial: 8;
    readonly status: 32;
    readonly interruptStatus: 36;
    readonly interruptRaise: 96;
    readonly interruptAcknowledge: 100;
    readonly dmaSource: 128;
    readonly dmaDestination: 136;
    readonly dmaCount: 144;
    readonly dmaCommand: 152;
};
/** Registers from here on also take 64-bit accesses. */
export declare const WIDE_FROM = 128;
/** Bits of the status register. */
export declare const status: {
    readonly computing: 1;
    readonly interruptWhenDone: 128;
};
/** Bits of the interrupt status register that the device sets by itself. */
export declare const interrupt: {
    readonly factorial: 1;
    readonly dma: 256;
};
/** Bits of the DMA command register. */
export declare const dmaCommand: {
    readonly run: 1;
    readonly toMemory: 2;
    readonly interruptWhenDone: 4;
};
/** The buffer as the DMA registers see it; no access to BAR0 reaches it. */
export declare const BUFFER_START = 262144;
export declare const BUFFER_SIZE = 4096;
/** From the write of the command register to the transfer: a tick stands for a millisecond here. */
export declare const DMA_TICKS = 100;
/** Ticks of the factorial of n: one for each factor, from 1 to this. More factors leave 0. */
export declare const MOST_FACTORIAL_TICKS = 34;
