// #region failing-fetch
import { startUnit } from "./unit.js";

const { iommu, memory, tables, pages } = await startUnit();
pages.map(0x7000n, 0x20_0000n);
const read = { sourceId: 0x10, pasid: 5, address: 0x7000n, access: "read" } as const;
const { context, pasid } = tables.entryAddresses("00:02.0", 5);
for (const address of [context, pasid, pages.entryAddress(0x7000n, 2)]) {
  memory.poison(address, 8, { writes: false });
  const result = iommu.translate(read);
  console.log(result.status === "fault" && result.condition);
  memory.heal();
}
// => "SCT.1"
// => "SPT.1"
// => "SFS.1"
memory.poison(pages.entryAddress(0x7000n, 1), 8, { reads: false }); // A cannot be set
const result = iommu.translate(read);
console.log(result.status === "fault" && result.condition); // => "SFS.10"
// #endregion

// #region hole
tables.directoryEntry("00:02.0", 5).set({ SMPTBLPTR: 0x8_0000_0000n }); // no RAM there
console.log(iommu.explain({ ...read, pasid: 6 }).entries.at(-1)?.failed); // => true
// #endregion
