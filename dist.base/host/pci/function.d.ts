import { AriControl } from "./ari-capability.js";
import { Bar, type BarPlacement, type BarShape } from "./bar.js";
import type { PciBridge } from "./bridge.js";
import { type Capability } from "./capability.js";
import { ConfigSpace } from "./config-space.js";
import type { Endpoint } from "./endpoint.js";
import { type FunctionIdentity } from "./header.js";
/**
 * A place on a bus: device 0 to 31, function 0 to 7. With ARI both together are one function number of
 * device 0: function 8 is device 1, function 0 here.
 */
export interface Slot {
    readonly device: number;
    readonly function: number;
}
/** What endpoints and bridges have in common. */
export declare abstract class PciFunction {
    #private;
    readonly config: ConfigSpace;
    readonly slot: Slot;
    /** The bridge above; undefined on the root bus. */
    readonly parent: PciBridge | undefined;
    /** Set for good by hot removal. */
    removed: boolean;
    protected constructor(slot: Slot, parent: PciBridge | undefined);
    /** Where it is now: the bus number that the bridge above has, device and function. */
    get id(): number;
    /** True on a conventional PCI bus: 256 bytes of configuration space, no PASID, ATS or page requests. */
    get conventional(): boolean;
    get memoryEnabled(): boolean;
    get busMaster(): boolean;
    /** Sets bits of the command register, as firmware does. */
    enable(commandBits: number): void;
    /** Configuration space to its reset values. */
    reset(): void;
}
export interface EndpointFunctionOptions {
    readonly slot: Slot;
    readonly parent?: PciBridge | undefined;
    readonly identity: FunctionIdentity;
    readonly bars: readonly BarShape[];
    readonly capabilities: readonly Capability[];
    /** Has the ARI capability; its device has function numbers of 8 bits. Default false. */
    readonly ari?: boolean;
}
/** A function with a type 0 header and a device behind it. */
export declare class EndpointFunction extends PciFunction {
    #private;
    readonly bars: readonly Bar[];
    /** The ARI capability, where the function has one. */
    readonly ari: AriControl | undefined;
    constructor(options: EndpointFunctionOptions);
    /** The device; it is given once, after the function exists. */
    get endpoint(): Endpoint;
    attach(endpoint: Endpoint): void;
    placeBar(index: number, placement: BarPlacement): void;
    reset(): void;
}
