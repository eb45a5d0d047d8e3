// #region answers
import { startUnit } from "./unit.js";

type Unit = Awaited<ReturnType<typeof startUnit>>;

/** What the unit says to a page request after `change`. */
async function answerAfter(change: (unit: Unit) => void): Promise<void> {
  const unit = await startUnit();
  unit.iommu.write64(0xd0, 0x81_0000n); // PQA
  change(unit);
  const ask = { sourceId: 0x10, pasid: 5, address: 0x7000n, read: true, write: true };
  const result = unit.iommu.requestPage({ ...ask, group: 0, last: true });
  if (result.status === "answered") console.log(result.code, result.why, result.record);
  else console.log(result.status);
}

await answerAfter(() => undefined);
// => "accepted"
await answerAfter(({ tables }) => tables.removeContext("00:02.0"));
// => "invalid-request", "SCT.2", "recorded"
await answerAfter(({ tables }) => tables.contextEntry("00:02.0").set({ PRE: 0 }));
// => "invalid-request", "SCT.8", "recorded"
await answerAfter(({ memory, tables }) =>
  memory.poison(tables.pasidEntry("00:02.0", 5).address, 8),
);
// => "invalid-request", "SPT.1", "recorded"
await answerAfter(({ iommu }) => iommu.write64(0xc0, 0x20n)); // PQH is behind PQT: full
// => "success", "queue-full", undefined
await answerAfter(({ iommu }) => iommu.write32(0x18, 0)); // GCMD.TE clear
// => "dropped"
// #endregion
