import type { Capabilities } from "../core/capabilities.js";
import { type Check } from "./boot-checks.js";
import { type BootCounters } from "./boot-counters.js";
import { type BootEvents } from "./boot-events.js";
import { type GuestOptions, type GuestOutcome } from "./guest-run.js";
import type { UnitOptions } from "./unit-options.js";
/** One run, as the command line asks for it. */
export interface RunOptions extends Omit<GuestOptions, "trace"> {
    /** The image as the user named it. */
    readonly name: string;
    readonly traceFile: string | undefined;
}
/** Everything that a run left behind. */
export interface BootRecord extends GuestOutcome {
    readonly image: string;
    readonly seed: number;
    readonly unit: UnitOptions;
    /** What the unit reported of itself. */
    readonly capabilities: Capabilities;
    readonly checks: readonly Check[];
    readonly counters: BootCounters;
    readonly events: BootEvents;
}
/** Boots an image and writes its serial output to `show` as it comes. */
export declare function bootImage(options: RunOptions, show: (text: Uint8Array) => void): Promise<BootRecord>;
