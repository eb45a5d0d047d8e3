import { type DeviceDmaPath } from "./device-dma.js";
import { type V86Cpu } from "./internals.js";
/** v86's own devices that read and write memory by themselves and have a PCI function. */
export declare const translatableDevices: readonly ["ide", "virtio-9p", "virtio-net", "virtio-balloon", "virtio-console"];
export type TranslatableDevice = (typeof translatableDevices)[number];
/** One of v86's own devices whose memory requests pass the unit. */
export interface OwnDevice {
    readonly name: TranslatableDevice;
    /** Its PCI function, which is its source-id. */
    readonly sourceId: number;
    /** Sends its requests through the unit. To be repeated when v86 may have made the device anew. */
    connect(path: DeviceDmaPath): void;
}
/**
 * The devices that are wanted, or all that this emulator has.
 * @throws {RangeError} for a device that it has not, or that does not exist.
 * @throws {V86MismatchError} if v86 lacks a name that is needed, which the error names.
 */
export declare function findOwnDevices(cpu: V86Cpu, wanted: readonly TranslatableDevice[] | undefined): OwnDevice[];
