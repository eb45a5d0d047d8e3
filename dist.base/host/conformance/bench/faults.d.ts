import type { ReportedCapabilities } from "../capabilities.js";
import type { Channel } from "./channel.js";
import { type RegisterBank } from "./registers.js";
/** What a fault recording register says (§11.4.7.6). */
export interface FaultRecord {
    readonly index: number;
    /** The whole register, 128 bits. */
    readonly value: bigint;
}
/** The fault recording registers as a driver reads and clears them (§7.2.1). */
export declare class FaultRecords {
    #private;
    constructor(channel: Channel, registers: RegisterBank, capabilities: ReportedCapabilities);
    /** Number of fault recording registers: CAP.NFR + 1. */
    get count(): number;
    /** The registers with F set, by index. */
    pending(): Promise<FaultRecord[]>;
    /** Clears F of every record, PFO, and the errors of the queue: what a driver does at the end. */
    clear(): Promise<void>;
    /** Clears F of one record by its uppermost dword alone. */
    clearRecord(index: number): Promise<void>;
}
