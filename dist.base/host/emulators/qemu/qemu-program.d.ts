import type { DmaLayout } from "../vfio-user/index.js";
/** A QEMU for 64-bit x86 that is a client of vfio-user. */
export interface QemuProgram {
    readonly path: string;
    /** "11.1.3" */
    readonly version: string;
    readonly dmaLayout: DmaLayout;
    /** It can be told to end with this process, however this one ends. */
    readonly endsWithParent: boolean;
}
/**
 * Looks at a QEMU.
 * @param path the program, or its name in PATH.
 * @throws QemuError if there is none, or it is too old.
 */
export declare function findQemu(path?: string): Promise<QemuProgram>;
