// #region queue
import type { GuestMemory, Iommu } from "viommu";
import { invalidationDescriptors } from "viommu/spec";
import { TableEntry, type EntryFields } from "viommu/tables";

/** Turns the invalidation queue on: one page of 256-bit descriptors. Answers how to submit one. */
export function startInvalidationQueue(iommu: Iommu, memory: GuestMemory, base = 0x80_0000n) {
  let tail = 0n;
  iommu.write64(0x90, base | 0x800n); // IQA: DW, one page
  iommu.write32(0x18, (1 << 31) | (1 << 26)); // GCMD: TE stays, QIE

  return (name: string, fields: EntryFields) => {
    const descriptor = invalidationDescriptors.find((each) => each.name === name);
    if (descriptor === undefined) throw new RangeError(`no descriptor "${name}"`);
    memory.fill(base + tail, 32);
    const entry = new TableEntry(memory, descriptor, base + tail);
    entry.set({ TYPE_LOW: descriptor.type, ...fields });
    tail = (tail + 32n) % 4096n;
    iommu.write64(0x88, tail); // IQT: the unit executes what it can before this returns
  };
}
// #endregion
