// #region port
import { Iommu, type MemoryPort } from "viommu";

/** Memory that exists only where it was written. */
class SparseMemory implements MemoryPort {
  readonly words = new Map<bigint, bigint>();

  read64(address: bigint): bigint | undefined {
    return this.words.get(address);
  }

  write64(address: bigint, value: bigint): boolean {
    this.words.set(address, value);
    return true;
  }

  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined {
    const found = this.words.get(address);
    if (found === expected) this.words.set(address, replacement);
    return found;
  }
}

const iommu = await Iommu.create({ memory: new SparseMemory() });
iommu.write64(0x20, 0x10_0000_0400n); // RTADDR: a scalable-mode root table that cannot be read
iommu.write32(0x18, 1 << 30);
iommu.write32(0x18, 1 << 31);
const result = iommu.translate({ sourceId: 0x10, address: 0n, access: "read" });
console.log(result.status === "fault" && result.condition); // => "SRT.1"
// #endregion
