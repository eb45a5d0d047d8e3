import type { Capabilities } from "../core/capabilities.js";
import type { QemuRunOptions } from "../emulators/qemu/qemu-run.js";
import { type Check } from "./boot-checks.js";
import { type BootCounters } from "./boot-counters.js";
import { type BootEvents } from "./boot-events.js";
import type { UnitOptions } from "./unit-options.js";
/** One run, as the command line asks for it. */
export interface QemuSessionOptions extends Omit<QemuRunOptions, "unit"> {
    readonly unit: UnitOptions;
    readonly traceFile: string | undefined;
    /** The run ends well when the guest has written this. */
    readonly expectedText: string | undefined;
}
/** Everything that a run left behind. */
export interface QemuRecord {
    readonly verdict: "pass" | "fail" | "crash" | "timeout";
    /** Why, where it is no pass. */
    readonly reason?: string;
    readonly wallMs: number;
    readonly unit: UnitOptions;
    readonly capabilities: Capabilities;
    readonly checks: readonly Check[];
    readonly counters: BootCounters;
    readonly events: BootEvents;
}
/** Where a run tells what it has to tell. */
export interface QemuListener {
    /** The guest's console. */
    readonly show: (text: Uint8Array) => void;
    /** A line for the user. */
    readonly told: (what: string) => void;
}
/**
 * Runs a guest in QEMU.
 * @throws as `runQemu`, and UsageError if the trace cannot be written.
 */
export declare function runQemuSession(options: QemuSessionOptions, { show, told }: QemuListener): Promise<QemuRecord>;
