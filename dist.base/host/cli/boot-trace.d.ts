import type { Iommu } from "../iommu.js";
/** Writes every event of the unit as one JSON object on a line: `event`, and the event's fields. */
export declare class TraceFile {
    #private;
    /** @throws {UsageError} if the file cannot be written. */
    constructor(path: string);
    attached({ iommu }: {
        readonly iommu: Iommu;
    }): void;
    close(): void;
}
