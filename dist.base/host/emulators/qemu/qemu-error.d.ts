/** QEMU cannot be run as asked; the message says why, and what can be done. */
export declare class QemuError extends Error {
    readonly name = "QemuError";
}
