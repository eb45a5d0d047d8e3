import type { EndpointModel } from "../../pci/endpoint.js";
export interface EduOptions {
    /** Address bits that the device can put on the bus; others it clears. 64 bits, default 0xFFFFFFF. */
    readonly dmaMask?: bigint;
}
/** The endpoint of docs/edu.md, to be plugged into a bus. */
export declare function edu(options?: EduOptions): EndpointModel;
