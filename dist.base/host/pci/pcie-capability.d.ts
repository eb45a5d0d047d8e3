import type { Capability } from "./capability.js";
/** Device/port type of the PCI Express capability. */
export type PortType = "endpoint" | "root-port" | "upstream-port" | "downstream-port" | "pcie-to-pci-bridge" | "root-complex-endpoint";
/** Offsets in the structure and bits that functions act on. */
export declare const pcie: {
    readonly id: 16;
    readonly deviceControl: 8;
    readonly deviceControl2: 40;
    /** Device control of an endpoint: writing 1 resets the function. */
    readonly initiateFunctionLevelReset: number;
    /** Device control 2 of a port with a link below it. */
    readonly ariForwardingEnable: number;
};
/** Version 2 of the PCI Express capability (60 bytes). */
export declare function pcieCapability(at: number, type: PortType): Capability;
