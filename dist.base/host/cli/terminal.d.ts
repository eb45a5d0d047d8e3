/** Where a command writes: data to standard output, messages to standard error. */
export interface Terminal {
    readonly out: (text: string | Uint8Array) => void;
    /** One line, or several; bytes are written as they are. */
    readonly message: (text: string | Uint8Array) => void;
    /** True if standard output may be coloured. */
    readonly color: boolean;
    /** True if messages reach a person while they are written; default false. */
    readonly isTerminal?: boolean;
}
/** The terminal of a Node process: colours only on a terminal, and as NO_COLOR and FORCE_COLOR say. */
export declare function processTerminal(node: NodeJS.Process): Terminal;
declare const STYLES: {
    readonly good: "32";
    readonly bad: "31";
    readonly strong: "1";
    readonly weak: "2";
};
/** Text in a style where the terminal shows styles, else the text alone. */
export declare function styled(terminal: Terminal, style: keyof typeof STYLES, text: string): string;
export {};
