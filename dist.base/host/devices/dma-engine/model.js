import { atsCapability } from "../../pci/ats-capability.js";
import { msiCapability } from "../../pci/msi.js";
import { pasidCapability } from "../../pci/pasid-capability.js";
import { pcieCapability } from "../../pci/pcie-capability.js";
import { priCapability } from "../../pci/pri-capability.js";
import { DmaEngine } from "./engine.js";
import { BAR_SIZE, capabilityAt } from "./registers.js";
const IDENTITY = { vendor: 0x1234, device: 0xd3a1, classCode: 0x08_8000, revision: 1 };
/** The endpoint of docs/dma-engine.md, to be plugged into a bus. */
export function dmaEngine(options = {}) {
    const { queues = 4, tlbEntries = 64, pageRequestCapacity = 64, pasidBits = 20 } = options;
    requireWithin("queues", queues, 8);
    requireWithin("tlbEntries", tlbEntries, 1024);
    requireWithin("pageRequestCapacity", pageRequestCapacity, 4096);
    requireWithin("pasidBits", pasidBits, 20);
    return {
        identity: IDENTITY,
        bars: [{ index: 0, size: BAR_SIZE }],
        capabilities: (type) => [
            pcieCapability(capabilityAt.pcie, type),
            msiCapability(capabilityAt.msi),
            atsCapability(capabilityAt.ats),
            priCapability(capabilityAt.pri, pageRequestCapacity),
            pasidCapability(capabilityAt.pasid, pasidBits),
        ],
        connect: (ports) => new DmaEngine(ports, { queues, tlbEntries }),
    };
}
function requireWithin(name, value, most) {
    if (!Number.isInteger(value) || value < 1 || value > most) {
        throw new RangeError(`dma-engine: ${name} must be 1 to ${most}, got ${value}`);
    }
}
