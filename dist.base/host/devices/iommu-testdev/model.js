import { IommuTestdev } from "./iommu-testdev.js";
import { BAR_SIZE } from "./registers.js";
const IDENTITY = {
    vendor: 0x1b36,
    device: 0x0005,
    classCode: 0x00_ff00,
    revision: 0,
    subsystem: { vendor: 0x1af4, device: 0x1100 },
};
/** The endpoint of docs/iommu-testdev.md, to be plugged into a bus. */
export function iommuTestdev() {
    return {
        identity: IDENTITY,
        bars: [{ index: 0, size: BAR_SIZE }],
        capabilities: () => [],
        connect: (ports) => new IommuTestdev(ports),
    };
}
