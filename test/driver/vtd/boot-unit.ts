import { GuestMemory, Iommu } from "../../../host/index.js";
import {
  bootSequence,
  runAccesses,
  type BootOptions,
  type RegisterWindow,
} from "../../../host/driver/vtd/index.js";
import { FrameAllocator } from "../../../host/tables/index.js";

/** Bytes of memory of a `bootUnit`. */
export const BOOT_MEMORY = 4 * 2 ** 20;

/** A unit as the recorded kernels met it, and what a boot sequence takes. */
export async function bootUnit(capabilities: Readonly<Record<string, number>> = {}) {
  const memory = GuestMemory.create({ size: BOOT_MEMORY });
  const iommu = await Iommu.create({ memory, preset: "linux", capabilities });
  const frames = new FrameAllocator({ start: 0x1000n, end: BigInt(BOOT_MEMORY) });
  return { memory, iommu, frames };
}

/** The registers of a unit, some of which read otherwise. */
export function windowOver(
  iommu: Iommu,
  reads: Partial<Pick<RegisterWindow, "read32" | "read64">>,
): RegisterWindow {
  return {
    read32: (offset) => iommu.read32(offset),
    read64: (offset) => iommu.read64(offset),
    write32: (offset, value) => {
      iommu.write32(offset, value);
    },
    write64: (offset, value) => {
      iommu.write64(offset, value);
    },
    ...reads,
  };
}

/** Boots, and answers what was written to GCMD, in order. */
export function bootCommands(window: RegisterWindow, options: BootOptions): bigint[] {
  const commands: bigint[] = [];
  runAccesses(window, bootSequence(options), ({ access, register }, value) => {
    if (access === "write" && register === "GCMD") commands.push(value);
  });
  return commands;
}
