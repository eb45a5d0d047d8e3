/** Looks out for a text on a guest's console, and for complaints of Linux. */
export declare class ConsoleWatch {
    #private;
    readonly expected: string | undefined;
    constructor(expected: string | undefined);
    /** What the guest wrote is all that was asked for. */
    get satisfied(): boolean;
    /** What Linux said when it panicked; undefined if it did not. */
    get panic(): string | undefined;
    /** The first complaint of Linux; undefined if it had none. */
    get complaint(): string | undefined;
    /** More of the console. True if the expected text has come. */
    add(bytes: Uint8Array): boolean;
}
