/** Something that is measured through the public class, one call after the other. */
export interface SingleCase {
    readonly name: string;
    readonly title: string;
    /** Operations of one `run`. */
    readonly operations: number;
    readonly run: () => void;
    /** What has to happen after each `run`, and is not measured. */
    readonly restore?: () => void;
}
export declare const singleCaseNames: readonly ["translate-words", "translate", "translate-batch", "register-read", "page-request"];
/** The cases of the public class: a unit over GuestMemory, each request a hit of the IOTLB. */
export declare function singleCases(): Promise<SingleCase[]>;
