/** Where and with what the figures were taken. */
export interface BenchMachine {
    readonly cpu: string;
    readonly cpus: number;
    readonly platform: string;
    readonly arch: string;
    readonly node: string;
    readonly v8: string;
    /** The native yardstick's compiler, if there is one. */
    readonly compiler?: {
        readonly version: string;
        readonly flags: string;
    };
}
/** Nanoseconds for one operation, over the rounds. */
export interface Figures {
    readonly median: number;
    readonly least: number;
    readonly lowerQuartile: number;
    readonly upperQuartile: number;
}
export interface BenchResult {
    /** "core/" or "core-port/" and a batch case, or "unit/" and a single one. */
    readonly name: string;
    readonly title: string;
    readonly figures: Figures;
    /** The same algorithm in C, and the median of the ratios of wasm to native by round. */
    readonly native?: {
        readonly figures: Figures;
        readonly ratio: number;
    };
}
export interface BenchReport {
    readonly machine: BenchMachine;
    readonly results: readonly BenchResult[];
}
/** This machine. @param compiler the first line that the compiler's `--version` prints */
export declare function describeMachine(compiler?: string): BenchMachine;
/** What `viommu bench --json` prints, without the version of its schema (docs/bench.schema.json). */
export declare function reportData({ machine, results }: BenchReport): object;
/** The rows of a table for people; the first names the columns. */
export declare function reportRows(results: readonly BenchResult[]): string[][];
