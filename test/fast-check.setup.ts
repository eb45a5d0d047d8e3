import fc from "fast-check";

/** The same draws in every run, so that a failure is a failure for everybody. VIOMMU_SEED draws others. */
const DEFAULT_SEED = 20251101;

fc.configureGlobal({ seed: Number(process.env["VIOMMU_SEED"] ?? DEFAULT_SEED) });
