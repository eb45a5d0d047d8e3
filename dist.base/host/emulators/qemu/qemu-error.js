/** QEMU cannot be run as asked; the message says why, and what can be done. */
export class QemuError extends Error {
    name = "QemuError";
}
