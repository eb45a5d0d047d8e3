/** The benchmark of the core: `viommu bench`. */
export { benchNames, isWanted, runBench } from "./bench.js";
export { BenchError } from "./measure.js";
export { reportData, reportRows, } from "./report.js";
