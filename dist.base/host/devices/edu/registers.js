/** The numbers of docs/edu.md: offsets and bits of BAR0. Drivers on the host and tests use them as well. */
/** Where the MSI capability lies in configuration space. */
export const capabilityAt = { msi: 0x40 };
export const BAR_SIZE = 0x10_0000;
/** Major version 1, minor version 0, and the device's name. */
export const IDENTIFICATION = 0x0100_00ed;
export const reg = {
    identification: 0x00,
    liveness: 0x04,
    factorial: 0x08,
    status: 0x20,
    interruptStatus: 0x24,
    interruptRaise: 0x60,
    interruptAcknowledge: 0x64,
    dmaSource: 0x80,
    dmaDestination: 0x88,
    dmaCount: 0x90,
    dmaCommand: 0x98,
};
/** Registers from here on also take 64-bit accesses. */
export const WIDE_FROM = 0x80;
/** Bits of the status register. */
export const status = { computing: 0x01, interruptWhenDone: 0x80 };
/** Bits of the interrupt status register that the device sets by itself. */
export const interrupt = { factorial: 0x001, dma: 0x100 };
/** Bits of the DMA command register. */
export const dmaCommand = { run: 0x1, toMemory: 0x2, interruptWhenDone: 0x4 };
/** The buffer as the DMA registers see it; no access to BAR0 reaches it. */
export const BUFFER_START = 0x4_0000;
export const BUFFER_SIZE = 4096;
/** From the write of the command register to the transfer: a tick stands for a millisecond here. */
export const DMA_TICKS = 100;
/** Ticks of the factorial of n: one for each factor, from 1 to this. More factors leave 0. */
export const MOST_FACTORIAL_TICKS = 34;
