import { type Attachment, type EndpointPlace } from "../emulators/v86/index.js";
import type { UnitOptions } from "./unit-options.js";
/** How a run went, as `boot --json` says it. */
export type Verdict = "pass" | "fail" | "hang" | "crash" | "timeout";
export interface GuestOptions {
    readonly image: ArrayBuffer;
    readonly memoryMib: number;
    /** The first IDE disk, which takes what the guest writes; no disk without. */
    readonly disk?: ArrayBuffer;
    /** Default: those of `attachIommu`. */
    readonly endpoints?: readonly EndpointPlace[];
    readonly interruptRemapping?: "msi-only";
    /** Told to the guest on its command line, as seed=N. */
    readonly seed: number;
    /** Let v86 translate hot code: faster, but instructions are no longer counted exactly. */
    readonly jit: boolean;
    readonly trace: boolean;
    readonly unit: UnitOptions;
    readonly timeLimitSeconds: number;
}
export interface GuestWatcher {
    /** A byte that the guest wrote to its first serial port. */
    serial(byte: number): void;
    /** The unit is there, and nothing has run. */
    attached(attachment: Attachment): void;
}
export interface GuestOutcome {
    readonly verdict: Verdict;
    /** Why, where it is no pass. */
    readonly reason?: string;
    /** From the start of the guest to its end. */
    readonly wallMs: number;
}
export interface GuestRun {
    readonly attachment: Attachment;
    readonly outcome: GuestOutcome;
}
/**
 * Boots the image in v86 with a unit attached, until it ends, hangs, crashes or reaches the time
 * limit. The emulator is gone afterwards; unit and endpoints can still be asked.
 */
export declare function runGuest(options: GuestOptions, watcher: GuestWatcher): Promise<GuestRun>;
