import { Iommu } from "../iommu.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import type { PciBus } from "../pci/bus.js";
import type { PciFunction } from "../pci/function.js";
import type { SourceId } from "../spec/source-id.js";
import type { UnitDescription } from "./options.js";
import { isInScope, type UnitScope } from "./unit-scope.js";

export const REGISTER_PAGE = 4096;
const FIRST_UNIT = 0xfed9_0000n;

/** A unit, where its registers are, and what it shall cover. */
export interface PlacedUnit {
  readonly iommu: Iommu;
  readonly base: bigint;
  readonly scope: "all" | readonly SourceId[];
  readonly proximityDomain: number | undefined;
}

/** Makes the unit of a description; `index` counts the units of the machine. */
export async function placeUnit(
  description: UnitDescription,
  index: number,
  memory: GuestMemory,
): Promise<PlacedUnit> {
  const { base = FIRST_UNIT + BigInt(index * REGISTER_PAGE), ...others } = description;
  const { scope = "all", proximityDomain, ...unit } = others;
  if (base % BigInt(REGISTER_PAGE) !== 0n) {
    throw new RangeError(`a unit lies at a multiple of 4096, got 0x${base.toString(16)}`);
  }
  return { iommu: await Iommu.create({ ...unit, memory }), base, scope, proximityDomain };
}

/** Puts a unit between its functions and memory, its registers into memory space. */
export function connectUnit(bus: PciBus, { iommu, base }: PlacedUnit, scope: UnitScope): void {
  bus.addUnit({ port: iommu, covers: rememberedScope(scope) });
  bus.addWindow({
    base,
    size: REGISTER_PAGE,
    read: (offset, size) => iommu.access({ kind: "read", offset, size }).value,
    write: (offset, size, value) => {
      iommu.access({ kind: "write", offset, size, value });
    },
  });
  // §5.1: messages of the unit itself are not remapped.
  iommu.on("interrupt", (message) => {
    bus.deliverInterrupt(message);
  });
  iommu.on("pageGroupResponse", (response) => {
    bus.deliverPageGroupResponse(response, iommu);
  });
  iommu.on("deviceTlbInvalidate", (request) => {
    bus.deliverDeviceTlbInvalidate(request, iommu);
  });
}

/** A function never moves in the tree, so that it is looked up once. */
function rememberedScope(scope: UnitScope): (requester: PciFunction) => boolean {
  const known = new WeakMap<PciFunction, boolean>();
  return (requester) => {
    const before = known.get(requester);
    if (before !== undefined) return before;
    const covered = isInScope(scope, requester);
    known.set(requester, covered);
    return covered;
  };
}
