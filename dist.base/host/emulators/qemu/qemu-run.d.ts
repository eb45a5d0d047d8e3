import { VfioUserServer, type ServedEndpoint, type VfioUserServerOptions } from "../vfio-user/index.js";
import type { QemuProgram } from "./qemu-program.js";
export interface QemuRunOptions {
    readonly qemu: QemuProgram;
    readonly kernel: string;
    readonly initrd?: string;
    /** More words of the kernel command line. */
    readonly append?: string;
    readonly memoryMib: number;
    readonly processors: number;
    readonly unit: NonNullable<VfioUserServerOptions["unit"]>;
    /** Default: those of `VfioUserServer`. */
    readonly endpoints?: readonly ServedEndpoint[];
    /** More options of QEMU. */
    readonly more?: readonly string[];
    readonly timeLimitSeconds: number;
    /** Aborted, QEMU is ended at once. */
    readonly signal?: AbortSignal;
}
export interface QemuWatcher {
    /** The unit and its endpoints are there, and nothing has run. */
    serving(server: VfioUserServer): void;
    /** The guest wrote to its serial port. True ends the run. */
    console(bytes: Uint8Array): boolean;
    /** Something happened that ends no run, and that the user may want to know. */
    told(what: string): void;
}
/** How a run ended. */
export type QemuEnding = 
/** The guest turned its machine off. */
{
    readonly kind: "off";
}
/** The watcher had seen enough. */
 | {
    readonly kind: "enough";
} | {
    readonly kind: "crash" | "timeout";
    readonly reason: string;
};
/**
 * Runs a guest in QEMU with the unit and endpoints of this process until it turns off, crashes, or reaches the
 * time limit. QEMU, its sockets and files are gone afterwards, whatever happened.
 * @throws QemuError if QEMU does not take its options, RangeError for options of the unit that cannot be.
 */
export declare function runQemu(options: QemuRunOptions, watcher: QemuWatcher): Promise<QemuEnding>;
