import { type BenchReport } from "./report.js";
export interface BenchOptions {
    /** Rounds that count, 1 or more. */
    readonly rounds: number;
    /** Cases by their name, or by its part before or behind the slash; all if left out. */
    readonly only?: string;
    /** Folder of the C sources of the yardstick. */
    readonly nativeSources: string;
    /** The C compiler. Default "gcc". */
    readonly compiler?: string;
    /** Called with a line when a case begins, and when there is no compiler. */
    readonly progress?: (line: string) => void;
}
/** Names of all cases, in order. */
export declare const benchNames: readonly string[];
/** Whether `only` of the options asks for the case of that name. */
export declare function isWanted(name: string, only: string | undefined): boolean;
/**
 * Runs the cases and answers their figures. Without a compiler there are none of the yardstick.
 * @throws BenchError if wasm and native disagree, or a case does not do what it is meant to measure.
 */
export declare function runBench(options: BenchOptions): Promise<BenchReport>;
