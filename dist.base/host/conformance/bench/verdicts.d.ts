/** The case cannot be decided on this target; the message says why. */
export declare class CaseSkip extends Error {
    readonly name = "CaseSkip";
}
/** The case cannot go on, and the unit is to blame; the message says what was expected. */
export declare class CaseFailure extends Error {
    readonly name = "CaseFailure";
}
/** One field of something that was not as expected. */
export interface FieldMismatch {
    /** Name of the field as the manual has it; "value" for something without fields. */
    readonly field: string;
    readonly expected: string;
    readonly actual: string;
    /** What the field means, where that is known. */
    readonly meaning?: string;
}
/** Something that was not as expected. */
export interface Mismatch {
    /** What was looked at, for example "GSTS after the command". */
    readonly what: string;
    readonly fields: readonly FieldMismatch[];
}
