import type { DmaPort } from "../../pci/dma-port.js";
/** The registers of the DMA controller, by name. */
export type DmaRegister = "source" | "destination" | "count" | "command";
export interface DmaControllerData {
    readonly registers: Readonly<Record<DmaRegister, bigint>>;
    readonly ticksLeft: number;
    readonly buffer: Uint8Array;
}
/** Moves bytes between memory and the buffer of the device, some time after it was told to. */
export declare class DmaController {
    #private;
    /** `mask`: the address bits that the device can put on the bus. */
    constructor(port: DmaPort, mask: bigint);
    get running(): boolean;
    read(register: DmaRegister): bigint;
    /** Ignored while a transfer runs; the command register takes only a write that starts one. */
    write(register: DmaRegister, value: bigint): void;
    /** True if a transfer has ended in this tick that is to raise an interrupt. */
    tick(): boolean;
    reset(): void;
    snapshot(): DmaControllerData;
    restore({ registers, ticksLeft, buffer }: DmaControllerData): void;
}
