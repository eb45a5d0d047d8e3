import type { FunctionIdentity } from "./header.js";
import type { PortType } from "./pcie-capability.js";
/** What a function with a type 1 header is. */
export type BridgeKind = 
/** Of the root complex; a link below it. */
"root-port"
/** Of a switch: faces the root complex, with the switch's own bus below it. */
 | "upstream-port"
/** Of a switch: on its own bus, a link below it. */
 | "downstream-port"
/** PCI Express above, conventional PCI below. */
 | "pcie-to-pci-bridge"
/** Conventional PCI on both sides. */
 | "pci-bridge";
/** What is behind a bridge: decides what may be plugged in there. */
export type BusKind = "root" | "link" | "switch" | "conventional";
export declare const bridgeKinds: readonly BridgeKind[];
export declare function isBridgeKind(kind: string): kind is BridgeKind;
export declare function bridgeIdentity(kind: BridgeKind): FunctionIdentity;
/** Device/port type of its PCI Express capability; undefined without one. */
export declare function portTypeOf(kind: BridgeKind): PortType | undefined;
export declare function busBelow(kind: BridgeKind): BusKind;
/** What a bridge is when nobody says: the one kind of PCI Express port that may stand there. */
export declare function usualKind(on: BusKind): BridgeKind;
/** @throws RangeError if a bridge of this kind may not stand on such a bus. */
export declare function requirePlaceOfBridge(kind: BridgeKind, on: BusKind, where: string): void;
/** @throws RangeError inside a switch, where only downstream ports are. */
export declare function requirePlaceOfEndpoint(on: BusKind, where: string): void;
