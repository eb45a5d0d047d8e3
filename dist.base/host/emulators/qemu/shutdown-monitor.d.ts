/** Why QEMU's machine stopped, in QEMU's words: "guest-shutdown", "guest-reset", "host-signal". */
export type ShutdownReason = string;
/** The monitor connection (QMP) of one QEMU, which tells no more than how its guest ended. */
export declare class ShutdownMonitor {
    #private;
    constructor(path: string);
    /** How the guest of a QEMU that has ended did so; undefined if QEMU did not tell. */
    finalReason(): Promise<ShutdownReason | undefined>;
    /** QEMU has come. */
    get connected(): boolean;
    listen(): Promise<void>;
    close(): Promise<void>;
}
