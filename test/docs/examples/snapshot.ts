// #region snapshot
import { GuestMemory, Iommu } from "viommu";
import { startUnit } from "./unit.js";

const { iommu, memory, pages } = await startUnit();
pages.map(0x7000n, 0x20_0000n);
const read = { sourceId: 0x10, pasid: 5, address: 0x7000n, access: "read" } as const;
iommu.translate(read);
pages.unmap(0x7000n); // and nothing is invalidated

const state = iommu.snapshot();
const ram = GuestMemory.create({ size: 16 * 2 ** 20 });
ram.writeBytes(0n, memory.readBytes(0n, 16 * 2 ** 20));
const twin = await Iommu.restore(state, { memory: ram });
console.log(twin.translate(read).status); // the stale entry is in its IOTLB
// => "ok"

try {
  await Iommu.restore(state, { memory: ram, caches: { iotlb: 64 } });
} catch (error) {
  console.log((error as Error).message);
}
// => "the snapshot is of a unit with other capabilities, caches or options: restore it with the same"
// #endregion
