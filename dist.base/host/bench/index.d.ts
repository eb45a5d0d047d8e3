/** The benchmark of the core: `viommu bench`. */
export { benchNames, isWanted, runBench, type BenchOptions } from "./bench.js";
export { BenchError } from "./measure.js";
export { reportData, reportRows, type BenchMachine, type BenchReport, type BenchResult, type Figures, } from "./report.js";
