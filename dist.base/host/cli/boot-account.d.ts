import type { Capabilities } from "../core/capabilities.js";
import type { BootCounters } from "./boot-counters.js";
import type { BootEvents } from "./boot-events.js";
import type { Check } from "./boot-checks.js";
import { type Terminal } from "./terminal.js";
import type { UnitOptions } from "./unit-options.js";
/** What an account is made of, whatever the emulator. */
export interface AccountedRun {
    readonly verdict: string;
    readonly reason?: string;
    readonly wallMs: number;
    readonly unit: UnitOptions;
    readonly capabilities: Capabilities;
    readonly checks: readonly Check[];
    readonly counters: BootCounters;
    readonly events: BootEvents;
}
/** The readable account of a run. */
export declare function bootAccount(record: AccountedRun, terminal: Terminal): string;
