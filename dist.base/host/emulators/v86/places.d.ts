import type { PciBus } from "../../pci/bus.js";
import type { EndpointModel } from "../../pci/endpoint.js";
import type { EndpointFunction } from "../../pci/function.js";
import { type SourceId } from "../../spec/source-id.js";
import type { TranslatableDevice } from "./own-devices.js";
/** An endpoint to plug into bus 0. */
export interface EndpointPlace {
    /** "00:02.0", or its number. */
    readonly at: SourceId;
    readonly model: EndpointModel;
}
/** Where things are in the machine. */
export interface MachineOptions {
    /** Default: a dma-engine at 00:02.0 and an edu at 00:03.0. */
    readonly endpoints?: readonly EndpointPlace[];
    /** v86's own devices behind the unit. Default: each that the emulator has; [] for none. */
    readonly translatedDevices?: readonly TranslatableDevice[];
    /**
     * DMAR says INTR_REMAP, although interrupts of v86's I/O APIC do not pass the unit: only messages of
     * the endpoints do. Needs ECAP.IR. Default: it does not say so.
     */
    readonly interruptRemapping?: "msi-only";
    /** Guest physical address of the unit's registers, a multiple of their size. Default 0xFED90000. */
    readonly registerBase?: number;
    /** Address of extended configuration space, a multiple of 1 MiB. Default 0xB0000000. */
    readonly ecamBase?: number;
    /** I/O port that ends the guest when it is written to; false for none. Default 0xF4. */
    readonly exitPort?: number | false;
}
/** The same, decided. */
export interface MachinePlaces {
    readonly endpoints: readonly {
        readonly bdf: number;
        readonly model: EndpointModel;
    }[];
    /** Undefined for each that the emulator has. */
    readonly translatedDevices: readonly TranslatableDevice[] | undefined;
    readonly interruptRemapping: boolean;
    readonly registerBase: number;
    readonly ecam: {
        readonly base: number;
        readonly size: number;
    };
    readonly exitPort: number | false;
}
/**
 * Takes the options of the machine out of a larger object, with their defaults; the rest is the unit's.
 * @throws {RangeError} if an address has not the alignment that it needs.
 */
export declare function placeOf<T extends MachineOptions>(options: T): {
    machine: MachinePlaces;
    unit: Omit<T, keyof MachineOptions>;
};
/** Plugs the endpoints in, their windows one after the other at addresses that software cannot move. */
export declare function plugIn(bus: PciBus, { endpoints }: MachinePlaces): EndpointFunction[];
export declare function requireMultiple(name: string, address: number, of: number): void;
