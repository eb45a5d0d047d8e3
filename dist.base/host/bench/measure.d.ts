import type { BatchCase } from "./cases.js";
import type { Figures } from "./report.js";
import type { Side } from "./side.js";
import type { SingleCase } from "./single-cases.js";
/** A case whose two sides do not agree, or that does not do what it is meant to measure. */
export declare class BenchError extends Error {
    readonly name = "BenchError";
}
export interface PairFigures {
    readonly wasm: Figures;
    readonly native?: {
        readonly figures: Figures;
        readonly ratio: number;
    };
}
/**
 * Measures a batch case: wasm and native by turns, the same passes each, and who begins changes.
 * @throws BenchError if outputs or counters differ, a request fails, or a count is not the case's.
 */
export declare function measurePair(benchCase: BatchCase, rounds: number, operations: number, wasm: Side, native?: Side): Promise<PairFigures>;
/** Measures calls of the public class. */
export declare function measureSingle(single: SingleCase, rounds: number): Figures;
