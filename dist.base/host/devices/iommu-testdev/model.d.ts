import type { EndpointModel } from "../../pci/endpoint.js";
/** The endpoint of docs/iommu-testdev.md, to be plugged into a bus. */
export declare function iommuTestdev(): EndpointModel;
