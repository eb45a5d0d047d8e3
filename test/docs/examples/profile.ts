// #region profile
import { readWorkload, runProfile, timingSet } from "viommu/profile";

/** The same requests in a unit with an IOTLB of so many entries. */
function profileWith(iotlb: number) {
  const { workload, values } = readWorkload("random,pages=4096");
  const timing = timingSet("server")!;
  return runProfile({ workload, values, requests: 20_000, timing, seed: 1, caches: { iotlb } });
}

const small = await profileWith(64);
console.log(small.caches.iotlb.hitRate, small.cycles.perRequest.mean); // => 0.0147, 389.87195
const large = await profileWith(1024);
console.log(large.caches.iotlb.hitRate, large.cycles.perRequest.mean); // => 0.2389, 369.10955
// #endregion
