import { type BridgeKind, type BusKind } from "./bridge-kinds.js";
import { PciFunction, type Slot } from "./function.js";
/** The memory window that a bridge forwards: base and inclusive limit, of 1 MiB granularity. */
export interface BridgeWindow {
    readonly base: number;
    readonly limit: number;
}
/** Bus numbers and window of a bridge. */
export interface BridgeProgram {
    readonly secondary: number;
    /** Highest bus number behind the bridge; default `secondary`. */
    readonly subordinate?: number;
    /** Absent: nothing is forwarded. */
    readonly memory?: BridgeWindow;
}
/**
 * The requester id that a PCIe-to-PCI bridge gives to requests from its conventional side (§3.12.1).
 * "secondary-bus": it takes ownership, so that they carry its secondary bus number, device 0, function
 * 0. "device": the id of the original transaction, which a PCI-X bus carries.
 */
export type BridgeAlias = "secondary-bus" | "device";
export interface BridgeOfKind {
    readonly slot: Slot;
    readonly parent: PciBridge | undefined;
    readonly kind: BridgeKind;
    readonly alias?: BridgeAlias;
}
/** A function with a type 1 header and the bus behind it. */
export declare class PciBridge extends PciFunction {
    #private;
    readonly children: PciFunction[];
    readonly kind: BridgeKind;
    readonly alias: BridgeAlias;
    constructor({ slot, parent, kind, alias }: BridgeOfKind);
    /** What is behind the bridge. */
    get below(): BusKind;
    get secondary(): number;
    get subordinate(): number;
    /** Whether configuration requests to a bus go to this bridge: it is one of those behind it. */
    leadsTo(bus: number): boolean;
    /** ARI Forwarding Enable: function numbers above 7 reach the link below. */
    get forwardsAri(): boolean;
    /** Programs bus numbers and window, as firmware does. */
    program({ secondary, subordinate, memory }: BridgeProgram): void;
    /** Programs the highest bus number behind the bridge alone. */
    extendTo(subordinate: number): void;
    /** Programs the window alone; an empty one for `undefined`. */
    forward(memory: BridgeWindow | undefined): void;
    /** True if a memory address is forwarded to the bus behind. */
    forwards(address: bigint): boolean;
    reset(): void;
}
