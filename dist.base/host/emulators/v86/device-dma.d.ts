import type { IommuPort } from "../../pci/iommu-port.js";
import type { MessageSignaledInterrupt } from "../../spec/requests.js";
import type { V86Memory } from "./guest-ram.js";
import type { V86Cpu } from "./internals.js";
/** What one of v86's own devices reaches memory through. */
export interface DeviceDmaPath {
    readonly cpu: V86Cpu;
    readonly memory: V86Memory;
    readonly unit: Pick<IommuPort, "translate" | "remapInterrupt">;
    deliverInterrupt(message: MessageSignaledInterrupt): void;
}
/** Bytes that a device gets from memory; `failed` if some of them stand for a read that failed. */
export interface DeviceRead {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly failed: boolean;
}
/**
 * Untranslated memory requests of one of v86's own devices, which cannot wait: what the unit refuses
 * reads as FFh, and writes of it are dropped. Requests are split at 4 KiB.
 */
export declare class DeviceDma {
    #private;
    constructor(path: DeviceDmaPath, sourceId: number);
    read(address: number, length: number): DeviceRead;
    /** False if a part of the bytes was dropped. */
    write(address: number, bytes: Uint8Array): boolean;
}
