import type { BytePort } from "../memory/byte-port.js";
import type { DeviceTlbInvalidate, PageGroupResponse } from "../spec/requests.js";
import type { BarShape } from "./bar.js";
import type { Capability } from "./capability.js";
import type { ConfigSpace } from "./config-space.js";
import type { DmaPort } from "./dma-port.js";
import type { FunctionIdentity } from "./header.js";
import type { InterruptPin } from "./interrupt-pin.js";
import type { PortType } from "./pcie-capability.js";
/** The behaviour behind a function: registers, time, and messages that travel downstream. */
export interface Endpoint {
    /** A read of `size` bytes in a memory window; all ones if the device does not support it. */
    readBar(bar: number, offset: number, size: number): bigint;
    writeBar(bar: number, offset: number, size: number, value: bigint): void;
    /** Advances the device; each tick is a bounded piece of work. */
    tick(ticks: number): void;
    /**
     * True if ticks alone get something done; false while the device has nothing to do, or waits for
     * software or an answer. A host that lets time pass only as long as it matters asks for it.
     */
    readonly busy: boolean;
    /** Back to the state after power-on: function level reset or a reset of the bus above. */
    reset(): void;
    pageGroupResponse(response: PageGroupResponse): void;
    deviceTlbInvalidate(request: DeviceTlbInvalidate): void;
    /**
     * What kind of device it is, with the options that its state depends on: a snapshot is restored
     * only into one of the same shape. The next two are there with it; without them a machine that has
     * the device cannot be snapshotted.
     */
    readonly shape?: string;
    /**
     * Everything that the device knows besides its configuration space and its pin, as plain data:
     * objects, arrays, null, booleans, strings, finite numbers, bigints and Uint8Arrays. Requests in
     * flight have a `snapshot` of their own.
     */
    snapshot?(): unknown;
    /** Puts in place what `snapshot` answered, of a device of the same shape. Sends nothing. */
    restore?(state: unknown): void;
}
/** What a bus gives to an endpoint. */
export interface EndpointPorts {
    readonly config: ConfigSpace;
    readonly dma: DmaPort;
    /** The interrupt pin that `identity.interruptPin` announces. */
    readonly pin: InterruptPin;
    /**
     * Physical memory behind the remapping units, which no hardware function can reach: for test
     * devices that compare.
     */
    readonly physicalMemory: BytePort;
}
/** A kind of endpoint that a bus can plug in. */
export interface EndpointModel {
    readonly identity: FunctionIdentity;
    readonly bars: readonly BarShape[];
    capabilities(type: PortType): readonly Capability[];
    connect(ports: EndpointPorts): Endpoint;
}
