// #region page-queue
import type { GuestMemory, Iommu } from "viommu";
import { pageRequestDescriptor } from "viommu/spec";
import { TableEntry } from "viommu/tables";

/** Gives the unit a page request queue of one page. Answers how to take what is in it. */
export function startPageQueue(iommu: Iommu, memory: GuestMemory, base = 0x81_0000n) {
  iommu.write64(0xd0, base); // PQA: 128 entries of 32 bytes
  iommu.write32(0xe4, 0x42); // PEDATA and PEADDR: what the event writes, and where
  iommu.write32(0xe8, 0xfee0_0000);
  iommu.write32(0xe0, 0); // PECTL: not masked

  return () => {
    iommu.write32(0xdc, 1); // PRS.PPR, ahead of reading the tail: else a request may be missed
    const tail = iommu.read64(0xc8); // PQT
    const taken = [];
    for (let head = iommu.read64(0xc0); head !== tail; head = (head + 32n) % 4096n) {
      const entry = new TableEntry(memory, pageRequestDescriptor, base + head);
      taken.push({
        address: entry.get("ADDR"),
        write: entry.get("WRR") === 1n,
        last: entry.get("LPIG") === 1n,
        // What a page group response gives back.
        answer: {
          PP: 1,
          RID: entry.get("RID"),
          PASID: entry.get("PASID"),
          PRGI: entry.get("PRGI"),
        },
      });
    }
    iommu.write64(0xc0, tail); // PQH
    return taken;
  };
}
// #endregion
