import { Iommu, type IommuOptions } from "../iommu.js";
import { registers } from "../spec/registers.js";

const SRTP = 1 << 30;
const TE = 1 << 31;
const QIE = 1 << 26;
/** Bits of GSTS that software carries into the next command (§11.4.4.1). */
const KEPT = 0x96ff_ffff;

/** Offset of a register by its name in the manual. */
export function offsetOf(mnemonic: string): number {
  return registers.find((register) => register.mnemonic === mnemonic)!.offset;
}

/** A unit with everything (preset "full") that translates by these tables. */
export async function startedUnit(
  options: Pick<IommuOptions, "memory" | "caches">,
  rootTableAddress: bigint,
): Promise<Iommu> {
  const iommu = await Iommu.create({ ...options, preset: "full" });
  startTranslation(iommu, rootTableAddress);
  return iommu;
}

export function startTranslation(iommu: Iommu, rootTableAddress: bigint): void {
  iommu.write64(offsetOf("RTADDR"), rootTableAddress);
  command(iommu, SRTP);
  command(iommu, TE);
}

/** Enables an invalidation queue of 256-bit descriptors in 2^`size` pages from `queue` on. */
export function startInvalidationQueue(iommu: Iommu, queue: bigint, size: number): void {
  iommu.write64(offsetOf("IQT"), 0n);
  iommu.write64(offsetOf("IQA"), queue | (1n << 11n) | BigInt(size));
  command(iommu, QIE);
}

function command(iommu: Iommu, bit: number): void {
  const status = iommu.read32(offsetOf("GSTS")) & KEPT;
  iommu.write32(offsetOf("GCMD"), (status | bit) >>> 0);
}
