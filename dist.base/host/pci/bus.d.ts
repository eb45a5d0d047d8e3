import type { MemoryPort } from "../memory/port.js";
import type { DeviceTlbInvalidate, MessageSignaledInterrupt, PageGroupResponse } from "../spec/requests.js";
import type { BarPlacement } from "./bar.js";
import { PciBridge, type BridgeAlias, type BridgeProgram } from "./bridge.js";
import { type BridgeKind } from "./bridge-kinds.js";
import { ConfigDoors } from "./config-doors.js";
import type { EndpointModel } from "./endpoint.js";
import { EndpointFunction, type PciFunction } from "./function.js";
import { type InterruptPinChange } from "./interrupt-pin.js";
import type { IommuPort } from "./iommu-port.js";
import { type MmioSize, type MmioWindow } from "./mmio.js";
import { Topology } from "./topology.js";
export interface BusOptions {
    /** Physical memory, behind the remapping units. */
    readonly memory: MemoryPort;
}
export interface UnitOnBus {
    readonly port: IommuPort;
    /** Whether a function is in the scope of the unit. The first unit added that says so is asked. */
    readonly covers: (requester: PciFunction) => boolean;
}
export interface EndpointOptions {
    readonly bdf: number;
    readonly model: EndpointModel;
    /** Places of base address registers by index; others are left to software. */
    readonly bars?: Readonly<Record<number, BarPlacement>>;
    /**
     * The function has the ARI capability: its device has function numbers of 8 bits, which `bdf` has
     * in bits 7:0. It needs a root port or downstream port above. Default false.
     */
    readonly ari?: boolean;
}
export interface BridgeOptions extends BridgeProgram {
    readonly bdf: number;
    /**
     * Default: a root port on bus 0, an upstream port below a port, a downstream port in a switch, a
     * conventional bridge on a conventional bus.
     */
    readonly kind?: BridgeKind;
    /** Of a PCIe-to-PCI bridge; default "secondary-bus". */
    readonly alias?: BridgeAlias;
}
/** What happens on a bus. */
export interface BusEvents {
    interrupt: MessageSignaledInterrupt;
    interruptPin: InterruptPinChange;
}
/** One PCI Express segment: functions, their way to memory, and the processor's way to them. */
export declare class PciBus {
    #private;
    readonly topology: Topology;
    /** Configuration space by function number, ports and ECAM. */
    readonly config: ConfigDoors;
    constructor(options: BusOptions);
    /**
     * Listens to the interrupt messages that reach the root complex, or to changes of interrupt pins;
     * answers how to stop.
     */
    on<K extends keyof BusEvents>(event: K, listener: (what: BusEvents[K]) => void): () => void;
    /** Plugs an endpoint in; the bridge of its bus number must exist. */
    addEndpoint(options: EndpointOptions): EndpointFunction;
    /** Adds a bridge, programmed with its bus numbers and window. */
    addBridge(options: BridgeOptions): PciBridge;
    addUnit(unit: UnitOnBus): void;
    /** The unit in whose scope a function is; undefined where none is. */
    unitOf(requester: PciFunction): IommuPort | undefined;
    /** Adds fixed registers to the memory space of the processor. */
    addWindow(window: MmioWindow): void;
    /**
     * Takes functions out at once, as a hot removal does: configuration reads answer all ones, what
     * is in flight ends with UR, messages to them are lost. A bridge takes what is below with it.
     */
    remove(bdf: number): void;
    /** Ends what is in flight of every function with UR: to be called before a unit is reset, which forgets it. */
    abandonRequests(): void;
    /**
     * Every function: configuration space, base addresses, device, requests in flight. Memory and units
     * are left to the caller.
     * @throws SnapshotError when a listener calls, and for a device without snapshots.
     */
    snapshot(): Uint8Array<ArrayBuffer>;
    /** Throws what `restoreState` would throw, and changes nothing. @throws SnapshotError */
    checkSnapshot(snapshot: Uint8Array): void;
    /**
     * Puts every function back to where `snapshot` was taken; no message is sent, no listener called.
     * Requests in flight hold tokens of the units, whose state the caller restores with it.
     * @throws SnapshotError unless the same functions are plugged in at the same places.
     */
    restoreState(snapshot: Uint8Array): void;
    /** The endpoint function with this number; undefined if there is none. */
    endpoint(bdf: number): EndpointFunction | undefined;
    /** Hands an interrupt message, of a function or a remapping unit, to the listeners. */
    deliverInterrupt(message: MessageSignaledInterrupt): void;
    /**
     * Hands a message of a remapping unit to the function that it names; false if it reaches none. With
     * `from` that function must be in the scope of the unit: its messages go nowhere else.
     */
    deliverPageGroupResponse(response: PageGroupResponse, from?: IommuPort): boolean;
    /** As `deliverPageGroupResponse`. */
    deliverDeviceTlbInvalidate(request: DeviceTlbInvalidate, from?: IommuPort): boolean;
    /** A read of the processor in memory-mapped space; all ones if nothing answers. */
    read(address: bigint, size: MmioSize): bigint;
    write(address: bigint, size: MmioSize, value: bigint): void;
    read32(address: bigint): number;
    read64(address: bigint): bigint;
    write32(address: bigint, value: number): void;
    write64(address: bigint, value: bigint): void;
}
