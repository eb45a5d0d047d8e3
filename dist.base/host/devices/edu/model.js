import { msiCapability } from "../../pci/msi.js";
import { Edu } from "./edu.js";
import { BAR_SIZE, capabilityAt } from "./registers.js";
const IDENTITY = {
    vendor: 0x1234,
    device: 0x11e8,
    classCode: 0x00_ff00,
    revision: 0x10,
    subsystem: { vendor: 0x1af4, device: 0x1100 },
    interruptPin: 1,
};
/** The endpoint of docs/edu.md, to be plugged into a bus. */
export function edu(options = {}) {
    const { dmaMask = 0xfffffffn } = options;
    if (typeof dmaMask !== "bigint" || dmaMask !== BigInt.asUintN(64, dmaMask)) {
        throw new RangeError(`edu: dmaMask must be a bigint of 64 bits, got ${String(dmaMask)}`);
    }
    return {
        identity: IDENTITY,
        bars: [{ index: 0, size: BAR_SIZE }],
        capabilities: () => [msiCapability(capabilityAt.msi, false)],
        connect: (ports) => new Edu(ports, dmaMask),
    };
}
