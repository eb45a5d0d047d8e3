// #region ats
import { startUnit } from "./unit.js";

const { iommu, pages } = await startUnit();
pages.map(0x7000n, 0x20_0000n, { write: false });

const ask = { sourceId: 0x10, pasid: 5 };
const found = iommu.requestTranslation({ ...ask, address: 0x7000n });
if (found.status === "ok") console.log(found.read, found.write, found.address);
// => true, false, 0x20_0000n
const missing = iommu.requestTranslation({ ...ask, address: 0x8000n });
if (missing.status === "ok") console.log(missing.read, missing.write, missing.condition);
// => false, false, "SFS.2"

const translated = { sourceId: 0x10, address: 0x20_0010n, access: "read" } as const;
console.log(iommu.translateTranslated(translated).status); // => "ok"
console.log(iommu.translateTranslated({ ...translated, sourceId: 0x18 }));
// => { status: "fault", condition: "SCT.2", reason: 0x41, completion: "UR", record: "recorded" }
// #endregion
