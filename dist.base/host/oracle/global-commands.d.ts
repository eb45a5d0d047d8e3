import type { AccessesInFlight } from "./accesses-in-flight.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { RegisterFile } from "./register-file.js";
/** What the unit works with, which follows the registers only when a command says so (§11.4.4.1). */
export interface Latches {
    /** RTADDR_REG; undefined before the first Set Root Table Pointer. */
    readonly rootTable: bigint | undefined;
    /** IRTA_REG; undefined before the first Set Interrupt Remap Table Pointer. */
    readonly interruptTable: bigint | undefined;
    /** IQA_REG; undefined while queued invalidation is disabled. */
    readonly invalidationQueue: bigint | undefined;
    /** Requests that begin now are translated. TES may still be to come. */
    readonly translating: boolean;
}
export declare const NOTHING_LATCHED: Latches;
/** Translation table mode: RTADDR_REG.TTM as latched; legacy before the first latch. */
export declare function tableModeOf({ rootTable }: Latches): number;
/**
 * The global command and status registers. A write with several commands in it is undefined.
 * Implementation choice C1: they are carried out in the order SRTP, SIRTP, QIE, WBF, TE, IRE, CFI.
 */
export declare class GlobalCommands {
    #private;
    /** `changed` is called whenever a latch, IRES or CFIS may have changed. */
    constructor(unit: UnitCapabilities, registers: RegisterFile, inFlight: AccessesInFlight, changed: (latches: Latches) => void);
    get latches(): Latches;
    /** Software wrote GCMD_REG. Write buffers there are none: WBFS is clear before anyone can see it. */
    written(command: bigint): void;
    reset(): void;
}
