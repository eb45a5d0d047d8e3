import type { RegisterBank } from "./registers.js";
declare const bits: {
    readonly TE: 31;
    readonly SRTP: 30;
    readonly WBF: 27;
    readonly QIE: 26;
    readonly IRE: 25;
    readonly SIRTP: 24;
    readonly CFI: 23;
};
export type GlobalCommand = keyof typeof bits;
/** Commands of GCMD_REG, submitted as §11.4.4.1 has software do it. */
export declare class GlobalCommands {
    #private;
    constructor(registers: RegisterBank);
    /** Writes GCMD with one command changed, and the other states as they are. */
    submit(command: GlobalCommand, on?: boolean): Promise<void>;
    /** Submits, and reads GSTS until it confirms. */
    command(command: GlobalCommand, on?: boolean): Promise<void>;
    /** RTADDR, and Set Root Table Pointer. */
    setRoot(rootTableAddress: bigint): Promise<void>;
    /** IRTA, and Set Interrupt Remapping Table Pointer. */
    setInterruptTable(tableAddress: bigint): Promise<void>;
}
export {};
