import type { Endpoint, EndpointPorts } from "../../pci/endpoint.js";
/** The test device of docs/iommu-testdev.md: one write through the remapping unit, and its check. */
export declare class IommuTestdev implements Endpoint {
    #private;
    /** Everything happens while the trigger is read. */
    readonly busy = false;
    readonly shape = "iommu-testdev";
    constructor(ports: EndpointPorts);
    readBar(_bar: number, offset: number, size: number): bigint;
    writeBar(_bar: number, offset: number, size: number, value: bigint): void;
    tick(): void;
    reset(): void;
    snapshot(): unknown;
    restore(state: unknown): void;
    pageGroupResponse(): void;
    deviceTlbInvalidate(): void;
}
