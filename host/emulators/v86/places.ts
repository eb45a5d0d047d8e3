import { dmaEngine } from "../../devices/dma-engine/model.js";
import { edu } from "../../devices/edu/model.js";
import type { PciBus } from "../../pci/bus.js";
import type { EndpointModel } from "../../pci/endpoint.js";
import type { EndpointFunction } from "../../pci/function.js";
import { parseSourceId, type SourceId } from "../../spec/source-id.js";
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
  readonly endpoints: readonly { readonly bdf: number; readonly model: EndpointModel }[];
  /** Undefined for each that the emulator has. */
  readonly translatedDevices: readonly TranslatableDevice[] | undefined;
  readonly interruptRemapping: boolean;
  readonly registerBase: number;
  readonly ecam: { readonly base: number; readonly size: number };
  readonly exitPort: number | false;
}

const MIB = 2 ** 20;
/** Windows of endpoints lie from here up: above v86's display memory, below its BIOS. */
const FIRST_BAR = 0xe800_0000;
/** v86's own granularity, so that no two windows share a handler. */
const BAR_ALIGNMENT = 0x2_0000;

/**
 * Takes the options of the machine out of a larger object, with their defaults; the rest is the unit's.
 * @throws {RangeError} if an address has not the alignment that it needs.
 */
export function placeOf<T extends MachineOptions>(
  options: T,
): { machine: MachinePlaces; unit: Omit<T, keyof MachineOptions> } {
  const {
    endpoints = [
      { at: "00:02.0", model: dmaEngine() },
      { at: "00:03.0", model: edu() },
    ],
    translatedDevices,
    interruptRemapping,
    registerBase = 0xfed9_0000,
    ecamBase = 0xb000_0000,
    exitPort = 0xf4,
    ...unit
  } = options;
  // A caller without types may ask for more.
  if (interruptRemapping !== undefined && interruptRemapping !== "msi-only") {
    throw new RangeError(
      `interruptRemapping is "${String(interruptRemapping)}": expected "msi-only" or nothing`,
    );
  }
  requireMultiple("ecamBase", ecamBase, MIB);
  return {
    machine: {
      endpoints: endpoints.map(({ at, model }) => ({ bdf: parseSourceId(at), model })),
      translatedDevices,
      interruptRemapping: interruptRemapping === "msi-only",
      registerBase,
      ecam: { base: ecamBase, size: MIB },
      exitPort,
    },
    unit,
  };
}

/** Plugs the endpoints in, their windows one after the other at addresses that software cannot move. */
export function plugIn(bus: PciBus, { endpoints }: MachinePlaces): EndpointFunction[] {
  let next = FIRST_BAR;
  return endpoints.map(({ bdf, model }) => {
    const bars = model.bars.map(({ index, size }) => {
      const alignment = Math.max(size, BAR_ALIGNMENT);
      const address = Math.ceil(next / alignment) * alignment;
      next = address + alignment;
      return [index, { address, fixed: true }] as const;
    });
    return bus.addEndpoint({ bdf, model, bars: Object.fromEntries(bars) });
  });
}

export function requireMultiple(name: string, address: number, of: number): void {
  if (!Number.isInteger(address) || address < 0 || address % of !== 0) {
    throw new RangeError(`${name} must be a multiple of 0x${of.toString(16)}, got ${address}`);
  }
}
