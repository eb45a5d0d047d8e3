import type { Msi } from "../../pci/msi.js";
export interface InterruptData {
    readonly status: number;
    readonly mask: number;
    readonly enabled: boolean;
    /** Enabled bits that were set when a message was last considered. */
    readonly shown: number;
}
/** INTR_STATUS, INTR_MASK and the enable: one message each time an enabled bit becomes set. */
export declare class InterruptStatus {
    #private;
    constructor(msi: Msi);
    get status(): number;
    get mask(): number;
    get enabled(): boolean;
    raise(bits: number): void;
    clear(bits: number): void;
    setMask(mask: number): void;
    setEnabled(enabled: boolean): void;
    reset(): void;
    snapshot(): InterruptData;
    restore({ status, mask, enabled, shown }: InterruptData): void;
}
