// #region explain
import { startUnit } from "./unit.js";

const { iommu, pages } = await startUnit({ trace: true });
pages.map(0x7000n, 0x20_0000n);
const request = { sourceId: 0x10, pasid: 5, address: 0x8000n, access: "read" } as const;
const { entries, decision } = iommu.explain(request);
console.log(decision);
// => "SFS.2, reason 0x71: a first-stage entry is not present; answered UR"
console.log(entries.map(({ structure }) => structure));
// => ["root entry", "context entry", "PASID directory entry", "PASID table entry",
//     "first-stage entry", "first-stage entry", "first-stage entry", "first-stage entry"]
console.log(entries[2]?.fields.map(({ bits, meaning }) => `${bits} ${meaning}`));
// => ["0 present", "63:12 page of the PASID table: 0x14000"]
// #endregion

// #region counters
iommu.translate({ ...request, address: 0x7000n });
iommu.translate({ ...request, address: 0x7008n });
const { requests, iotlbHits, firstStageReads, firstStageFlagUpdates } = iommu.counters();
console.log(requests, iotlbHits, firstStageReads, firstStageFlagUpdates);
// => 2n, 1n, 4n, 4n
// #endregion

// #region trace
const stop = iommu.on("trace", (event) => console.log(event));
iommu.write32(0x3c, 0x40);
// => { kind: "register", access: "write", offset: 0x3c, size: 4, value: 0x40n }
stop();
// #endregion

// #region decode
import { decodeDescriptor, decodeRegister } from "viommu/decode";

const status = decodeRegister("GSTS", BigInt(iommu.read32(0x1c)));
console.log(status.filter(({ value }) => value !== 0n).map(({ field }) => field));
// => ["TES", "RTPS"]
console.log(decodeDescriptor([0x1_0000_0025n, 0x90_0000n])[0]?.meaning);
// => "Invalidation wait (§6.5.2.9)"
// #endregion
