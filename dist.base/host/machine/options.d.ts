import type { EndpointChoice } from "../devices/gallery.js";
import type { IommuOptions } from "../iommu.js";
import type { GuestMemory, GuestMemoryOptions } from "../memory/guest-memory.js";
import type { BridgeAlias } from "../pci/bridge.js";
import type { BridgeKind } from "../pci/bridge-kinds.js";
import type { SourceId } from "../spec/source-id.js";
import type { MachineFirmware } from "./firmware.js";
/** A remapping unit: the options of `Iommu.create`, its place, and what it covers. */
export interface UnitDescription extends Omit<IommuOptions, "memory"> {
    /** Address of the registers, a multiple of their size; default 0xFED90000, and behind it for each further unit. */
    readonly base?: bigint;
    /**
     * The functions that the unit covers; a bridge stands for all below it. They are named by their bus
     * numbers at start, and stay in the scope when software changes those (§8.3.5). "all" covers what no
     * unit before it lists, and must be the last unit. Default "all".
     */
    readonly scope?: "all" | readonly SourceId[];
    /** Proximity domain in ACPI (RHSA, §8.6); of all units or of none. */
    readonly proximityDomain?: number;
}
/** An endpoint of the gallery (viommu/devices), and its place. */
export type EndpointDescription = EndpointChoice & {
    /** "00:02.0", or its number; buses other than 0 are those behind bridges. */
    readonly bdf: SourceId;
    /**
     * Alternative Routing-ID: the device below its port has function numbers of 8 bits; "01:01.0" is
     * function 8 there. Default false.
     */
    readonly ari?: boolean;
};
/** A bridge and the bus behind it, by bus numbers. */
export interface BridgeDescription {
    readonly bdf: SourceId;
    /**
     * Default: a root port on bus 0, an upstream port below a port, a downstream port in a switch, a
     * conventional bridge on a conventional bus.
     */
    readonly kind?: BridgeKind;
    /** Requester id that a PCIe-to-PCI bridge gives (§3.12.1). Default "secondary-bus". */
    readonly alias?: BridgeAlias;
    /** 1 to 255. */
    readonly secondary: number;
    /** Highest bus number behind it; default: of the bridges behind it. */
    readonly subordinate?: number;
}
/** "device.function" in hexadecimal, on the bus that the place in the tree means: "1c.0". */
export type TreeSlot = string;
/** A bridge in a tree; the machine gives bus numbers, depth first, from 1 up. */
export interface TreeBridge extends Pick<BridgeDescription, "alias"> {
    readonly at: TreeSlot;
    readonly kind: BridgeKind;
    readonly below?: readonly TreeFunction[];
    /** Bus numbers kept free behind it, for bridges that are plugged in later. Default 0. */
    readonly spareBuses?: number;
}
type AtSlot<E> = E extends unknown ? Omit<E, "bdf"> & {
    readonly at: TreeSlot;
} : never;
export type TreeFunction = TreeBridge | AtSlot<EndpointDescription>;
export interface MachineTopology {
    /** Bus 0 and everything below, without bus numbers. Bridges and endpoints of lists join it. */
    readonly tree?: readonly TreeFunction[];
    /** Bridges by bus numbers, for endpoints in `endpoints`. Not with a `tree` that has bridges. */
    readonly bridges?: readonly BridgeDescription[];
    /** Enhanced configuration space; default 0xB0000000, 256 buses. */
    readonly ecam?: {
        readonly base: bigint;
        readonly lastBus: number;
    };
}
export interface MachineOptions {
    /** RAM, or what to make it from. */
    readonly memory: GuestMemory | GuestMemoryOptions;
    /** Default none: then DMA passes to memory unchanged. */
    readonly units?: readonly UnitDescription[];
    readonly endpoints?: readonly EndpointDescription[];
    readonly topology?: MachineTopology;
    readonly firmware?: MachineFirmware;
}
export {};
