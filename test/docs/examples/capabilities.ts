// #region capabilities
import { CapabilityError, GuestMemory, Iommu } from "viommu";

const memory = GuestMemory.create({ size: 2 ** 20 });
const iommu = await Iommu.create({
  memory,
  preset: "linux",
  capabilities: { NFR: 3, PSS: 15 },
  hostAddressWidth: 42,
  caches: { iotlb: 1, firstStagePaging: 1 },
});
console.log(iommu.capabilities.values["NFR"], iommu.read64(0x08) === iommu.capabilities.cap);
// => 3, true

try {
  await Iommu.create({ memory, preset: "legacy", capabilities: { PRS: 1 } });
} catch (error) {
  if (error instanceof CapabilityError) console.log(error.problems);
}
// => ["PRS needs DT and SMTS (VT-d 5.10 §11.4.3)"]
// #endregion
