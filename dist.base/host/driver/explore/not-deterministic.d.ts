/** A run did not go as the same run went before. */
export declare class NotDeterministic extends Error {
    readonly name = "NotDeterministic";
    constructor();
}
