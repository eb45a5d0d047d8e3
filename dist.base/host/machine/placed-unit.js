import { Iommu } from "../iommu.js";
import { isInScope } from "./unit-scope.js";
const FIRST_UNIT = 0xfed90000n;
/** Bytes of a unit's registers. */
export function registerBytesOf({ iommu }) {
    return BigInt(iommu.capabilities.registerBytes);
}
/** Makes the unit of a description, by default behind the one before it. */
export async function placeUnit({ base: wanted, scope = "all", proximityDomain, ...unit }, before, memory) {
    const iommu = await Iommu.create({ ...unit, memory });
    // §8.3: aligned to the size of the register set.
    const size = BigInt(iommu.capabilities.registerBytes);
    const free = before === undefined ? FIRST_UNIT : before.base + registerBytesOf(before);
    const base = wanted ?? ((free + size - 1n) / size) * size;
    if (base % size !== 0n) {
        const at = `0x${base.toString(16)}`;
        throw new RangeError(`a unit with ${size} bytes of registers lies at a multiple of ${size}, got ${at}`);
    }
    return { iommu, base, scope, proximityDomain };
}
/** Puts a unit between its functions and memory, its registers into memory space. */
export function connectUnit(bus, { iommu, base }, scope) {
    bus.addUnit({ port: iommu, covers: rememberedScope(scope) });
    bus.addWindow({
        base,
        size: iommu.capabilities.registerBytes,
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
function rememberedScope(scope) {
    const known = new WeakMap();
    return (requester) => {
        const before = known.get(requester);
        if (before !== undefined)
            return before;
        const covered = isInScope(scope, requester);
        known.set(requester, covered);
        return covered;
    };
}
