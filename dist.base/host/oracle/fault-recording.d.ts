import type { FaultRecording } from "../spec/requests.js";
import { type UnitCapabilities } from "./capabilities.js";
import { type ConditionName } from "./fault-conditions.js";
import type { OracleRequest } from "./oracle-request.js";
/** The fields of a fault recording register (§11.4.7.6), F left out. */
export interface FaultFields {
    /** FR. */
    readonly reason: number;
    /** SID. */
    readonly sourceId: number;
    /** FI: the page of the input address. Undefined by the manual, and 0 here, for reason 29h. */
    readonly address: bigint;
    /** T1 and T2: 00 write, 01 page request, 10 read, 11 AtomicOp. */
    readonly t1: boolean;
    readonly t2: boolean;
    /** AT: 0 untranslated, 1 translation request, 2 translated; 0 for page requests. */
    readonly addressType: number;
    /** PP. */
    readonly pasidPresent: boolean;
    /** PV; 0 without PASID. */
    readonly pasid: number;
    /** EXE, of reads with PASID. */
    readonly execute: boolean;
    /** PRIV, of requests with PASID. */
    readonly privileged: boolean;
}
/** What the unit writes into a record for a request that met the condition. */
export declare function describeFault(unit: UnitCapabilities, request: OracleRequest, condition: ConditionName): FaultFields;
/**
 * Primary fault logging (§7.2.1): the fault recording registers, the index of the next one, and the
 * fields PPF, FRI and PFO of the fault status register.
 */
export declare class FaultRecorder {
    #private;
    /**
     * `count` registers, 1 to 256. With `collapse` a fault is not recorded while one of the same
     * source-id is pending.
     */
    constructor(count: number, collapse: boolean);
    /** The registers in order; undefined where F is clear. */
    get records(): readonly (FaultFields | undefined)[];
    /** PPF: some F is set. */
    get pending(): boolean;
    /** FRI: the register that was written when PPF became set. Meaningful only while faults are pending. */
    get firstPendingIndex(): number;
    /** PFO. */
    get overflow(): boolean;
    /** The register that takes the next fault. */
    get nextIndex(): number;
    /** Logs a fault, and says what became of it. */
    record(fault: FaultFields): FaultRecording;
    /** Software writes 1 to F of a register. */
    clearFault(index: number): void;
    /** Software writes 1 to PFO. */
    clearOverflow(): void;
    /** A power-good reset: no records, no overflow. */
    clear(): void;
    /** The index returns to 0 when DMA and interrupt remapping are both disabled. */
    resetIndex(): void;
}
