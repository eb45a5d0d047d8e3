import type { V86 } from "v86";
import { Iommu, type IommuOptions } from "../../iommu.js";
import { PciBus } from "../../pci/bus.js";
import type { EndpointFunction } from "../../pci/function.js";
import type { MessageSignaledInterrupt } from "../../spec/requests.js";
import { type Ending } from "./guest-loop.js";
import { V86Memory } from "./guest-ram.js";
import { type V86Cpu } from "./internals.js";
import { type LostReason } from "./interrupts.js";
import { type OwnDevice } from "./own-devices.js";
import { type MachineOptions, type MachinePlaces } from "./places.js";
/** Options of the unit, as `Iommu.create` knows them, and of the machine around it. */
export interface AttachOptions extends Omit<IommuOptions, "memory" | "reportWrites">, MachineOptions {
}
export type LostInterruptListener = (message: MessageSignaledInterrupt, why: LostReason) => void;
interface Parts {
    readonly emulator: V86;
    readonly cpu: V86Cpu;
    readonly memory: V86Memory;
    readonly iommu: Iommu;
    readonly places: MachinePlaces;
    readonly ownDevices: readonly OwnDevice[];
}
/**
 * Puts a virtual IOMMU and endpoints behind it into a v86 machine that has not run yet. The options
 * of the emulator must have gone through `prepareV86`.
 * @throws {V86MismatchError} if v86 lacks a name that is needed, which the error names.
 * @throws {Error} if the emulator runs already, has an IOMMU already, or no local APIC.
 */
export declare function attachIommu(emulator: V86, options?: AttachOptions): Promise<Attachment>;
/** A virtual IOMMU and its endpoints in a v86 machine. */
export declare class Attachment {
    #private;
    readonly iommu: Iommu;
    readonly bus: PciBus;
    /** RAM of the guest. */
    readonly memory: V86Memory;
    readonly endpoints: readonly EndpointFunction[];
    /** v86's own devices whose memory requests pass the unit. */
    readonly translatedDevices: readonly OwnDevice[];
    /** How the guest came to its end, which also stops it; rejected by a defect of the host. */
    readonly ending: Promise<Ending>;
    /** Use `attachIommu`. */
    constructor({ emulator, cpu, memory, iommu, places, ownDevices }: Parts);
    /** Messages that became requests of the guest's local APIC. */
    get interruptsDelivered(): number;
    /** Listens to messages that reached no CPU; answers how to stop. */
    onLostInterrupt(listener: LostInterruptListener): () => void;
    /** Lets a sleeping guest's devices run now: the host did something to an endpoint or the unit. */
    wake(): void;
    /** Stops the guest and frees the emulator. */
    destroy(): Promise<void>;
}
export {};
