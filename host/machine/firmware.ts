import type { DeviceProperties } from "../acpi/dmar.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import type { Topology } from "../pci/topology.js";
import type { SourceId } from "../spec/source-id.js";
import { pathToPlace, type SlotPath } from "./unit-scope.js";

/** RAM that devices use without the operating system's doing (RMRR, §8.4). */
export interface ReservedRegion {
  /** A multiple of 4096. */
  readonly base: bigint;
  /** Bytes, a multiple of 4096. */
  readonly size: number | bigint;
  /** The devices that use it; a bridge stands for all below it. */
  readonly devices: readonly SourceId[];
}

/** What firmware says beyond what the topology and the units say by themselves. */
export interface MachineFirmware {
  readonly reservedRegions?: readonly ReservedRegion[];
  /** Integrated endpoints that do not work without ATS (SATC with ATC_REQUIRED, §8.8). */
  readonly atcRequired?: readonly SourceId[];
  /** What software has to heed with integrated endpoints (SIDP, §8.9). */
  readonly deviceProperties?: readonly (Omit<DeviceProperties, "scope"> & {
    readonly device: SourceId;
  })[];
  /** X2APIC_OPT_OUT: asks software to stay out of x2APIC mode. Default false. */
  readonly x2apicOptOut?: boolean;
  /** DMA_CTRL_PLATFORM_OPT_IN_FLAG: firmware does DMA in reserved regions alone. Default false. */
  readonly dmaControlOptIn?: boolean;
}

/** The same with paths for places: bus numbers may change later (§8.3.5). */
export interface ResolvedFirmware {
  readonly reservedRegions: readonly {
    readonly base: bigint;
    readonly size: bigint;
    readonly devices: readonly SlotPath[];
  }[];
  readonly atcRequired: readonly SlotPath[];
  readonly deviceProperties: readonly (Omit<DeviceProperties, "scope"> & {
    readonly device: SlotPath;
  })[];
  readonly x2apicOptOut: boolean;
  readonly dmaControlOptIn: boolean;
}

/** @throws RangeError for places that do not exist, and for reserved regions outside RAM. */
export function resolveFirmware(
  firmware: MachineFirmware,
  topology: Topology,
  memory: GuestMemory,
): ResolvedFirmware {
  const path = (place: SourceId) => pathToPlace(topology, place);
  const { reservedRegions = [], atcRequired = [], deviceProperties = [] } = firmware;
  return {
    reservedRegions: reservedRegions.map(({ base, size, devices }) => {
      requireRam(memory, base, Number(size));
      return { base, size: BigInt(size), devices: devices.map(path) };
    }),
    atcRequired: atcRequired.map(path),
    deviceProperties: deviceProperties.map(({ device, ...properties }) => {
      return { ...properties, device: path(device) };
    }),
    x2apicOptOut: firmware.x2apicOptOut ?? false,
    dmaControlOptIn: firmware.dmaControlOptIn ?? false,
  };
}

function requireRam(memory: GuestMemory, base: bigint, size: number): void {
  if (base % 4096n !== 0n || size % 4096 !== 0 || size <= 0 || !memory.contains(base, size)) {
    throw new RangeError(
      `a reserved region is whole pages of RAM, got 0x${base.toString(16)} with ${size} bytes`,
    );
  }
}
