import type { FaultRecording, PageRequestResult, RemapInterruptResult, TranslateResult, TranslationResult } from "../spec/requests.js";
/** What became of a fault, by RESULT_RECORD. 0 stands for no fault. */
export declare const recordings: readonly (FaultRecording | undefined)[];
/** Statuses of assembly/answer.ts. */
export declare const status: {
    readonly ok: 0;
    readonly interrupt: 1;
    readonly fault: 2;
    readonly blocked: 3;
    readonly accepted: 4;
    readonly answered: 5;
    readonly dropped: 6;
    readonly posted: 7;
};
/** Name of a packed fault condition (assembly/generated/faults.ts), as Table 30 has it. */
export declare function conditionName(packed: number): string;
/** Fault reason code of a packed fault condition. */
export declare function conditionReason(packed: number): number;
/** Reads the result block of the core's last call. */
export declare class Results {
    private readonly view;
    constructor(view: () => DataView);
    private u32;
    private u64;
    /** Bits 31:0 of the output address. */
    get addressLow(): number;
    /** Bits 63:32 of the output address. */
    get addressHigh(): number;
    /** The output address, whole. */
    get output(): bigint;
    set output(address: bigint);
    /** RESULT_VALUE: a register's value, a deadline. */
    get value(): bigint;
    get token(): number;
    get processed(): number;
    private fault;
    private blocked;
    /** The answer to an untranslated or a translated request. */
    translate(): TranslateResult;
    /** The answer to a translation request. */
    translation(): TranslationResult;
    /** What became of a page request. */
    pageRequest(): PageRequestResult;
    /** What became of an interrupt request. */
    interrupt(): RemapInterruptResult;
}
