/** One line of a test firmware: `ok NAME`, `not ok NAME: detail`, or `skip NAME: detail`. */
export interface Check {
    readonly name: string;
    /** It did not fail. */
    readonly ok: boolean;
    /** It could not be made on this machine; `detail` says why. */
    readonly skipped?: true;
    readonly detail?: string;
}
/** Collects serial output by lines, and the checks among them. */
export declare class SerialLog {
    #private;
    readonly checks: Check[];
    /** One byte that the guest wrote. True if it ended a line. */
    add(byte: number): boolean;
    /** The output is over, or a line is: what stands there counts as a line. */
    end(): void;
}
