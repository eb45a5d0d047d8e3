import { scopeKey, type DeviceScope } from "./dmar/scope.js";
import {
  affinityStructure,
  integratedStructure,
  namespaceStructure,
  propertiesStructure,
  reservedStructure,
  rootPortStructure,
  unitStructure,
  type DmarAffinity,
  type DmarDeviceProperties,
  type DmarIntegratedDevices,
  type DmarNamespaceDevice,
  type DmarReservedRegion,
  type DmarRootPorts,
  type DmarUnit,
} from "./dmar/structures.js";
import { acpiTable } from "./table.js";
import { TableWriter } from "./table-writer.js";

export type { DeviceScope } from "./dmar/scope.js";
export { registerSizeLog2 } from "./dmar/structures.js";
export type * from "./dmar/structures.js";

export interface DmarOptions {
  /** Host address width in bits, 1 to 64. */
  readonly hostAddressWidth: number;
  /** INTR_REMAP: interrupt remapping is supported by the platform. Default false. */
  readonly interruptRemapping?: boolean;
  /** X2APIC_OPT_OUT; only with `interruptRemapping`. Default false. */
  readonly x2apicOptOut?: boolean;
  /** DMA_CTRL_PLATFORM_OPT_IN_FLAG. Default false. */
  readonly dmaControlOptIn?: boolean;
  /** At least one; that with `includeAll` is the last of its segment. */
  readonly units: readonly DmarUnit[];
  readonly reservedRegions?: readonly DmarReservedRegion[];
  readonly rootPorts?: readonly DmarRootPorts[];
  /** None, or one for each unit. */
  readonly affinities?: readonly DmarAffinity[];
  readonly namespaceDevices?: readonly DmarNamespaceDevice[];
  readonly integratedDevices?: readonly DmarIntegratedDevices[];
  readonly deviceProperties?: readonly DmarDeviceProperties[];
}

/**
 * The DMA Remapping table (chapter 8), its structures in order of type.
 * @throws RangeError for a table that would contradict the manual or itself.
 */
export function dmarTable(options: DmarOptions): Uint8Array {
  const { hostAddressWidth: width, units, affinities = [], namespaceDevices = [] } = options;
  if (!Number.isInteger(width) || width < 1 || width > 64) {
    throw new RangeError(`hostAddressWidth is ${width}: expected 1 to 64 bits`);
  }
  if (options.x2apicOptOut && !options.interruptRemapping) {
    throw new RangeError("x2apicOptOut is valid only with interruptRemapping (§8.1)");
  }
  if (units.length === 0) throw new RangeError("DMAR needs at least one unit (§8.3)");
  requireIncludeAllLast(units);
  requireDisjointUnits(units);
  requireAffinities(units, affinities);
  requireNamespaceDevices(options, namespaceDevices);
  requireOneForEachFlag(options.integratedDevices ?? []);
  const flags =
    (options.interruptRemapping ? 1 : 0) |
    (options.x2apicOptOut ? 2 : 0) |
    (options.dmaControlOptIn ? 4 : 0);
  const body = new TableWriter()
    .u8(width - 1)
    .u8(flags)
    .zeros(10);
  for (const unit of units) body.bytes(unitStructure(unit));
  for (const region of options.reservedRegions ?? []) body.bytes(reservedStructure(region));
  for (const ports of options.rootPorts ?? []) body.bytes(rootPortStructure(ports));
  for (const affinity of affinities) body.bytes(affinityStructure(affinity));
  for (const device of namespaceDevices) body.bytes(namespaceStructure(device));
  for (const devices of options.integratedDevices ?? []) body.bytes(integratedStructure(devices));
  for (const devices of options.deviceProperties ?? []) body.bytes(propertiesStructure(devices));
  return acpiTable("DMAR", 1, body.finish());
}

const hex = (address: bigint) => `0x${address.toString(16)}`;

/** §8.3: the unit with INCLUDE_PCI_ALL is the last one of its segment. */
function requireIncludeAllLast(units: readonly DmarUnit[]): void {
  units.forEach((unit, index) => {
    const later = units.slice(index + 1).some((o) => (o.segment ?? 0) === (unit.segment ?? 0));
    if (unit.includeAll && later) {
      throw new RangeError("the unit with includeAll must be the last one of its segment");
    }
  });
}

/** §3.3: units support mutually exclusive subsets of devices; and their registers lie apart. */
function requireDisjointUnits(units: readonly DmarUnit[]): void {
  const end = ({ base, sizeLog2 = 0 }: DmarUnit) => base + (4096n << BigInt(sizeLog2));
  const owners = new Map<string, number>();
  units.forEach((unit, index) => {
    const clash = units
      .slice(0, index)
      .find((other) => unit.base < end(other) && end(unit) > other.base);
    if (clash) {
      throw new RangeError(`the registers at ${hex(unit.base)} and ${hex(clash.base)} overlap`);
    }
    for (const scope of unit.scopes ?? []) {
      const key = `${unit.segment ?? 0}/${scopeKey(scope)}`;
      const owner = owners.get(key) ?? index;
      if (owner !== index) {
        throw new RangeError(`${scopeKey(scope)} is in the scopes of units ${owner} and ${index}`);
      }
      owners.set(key, index);
    }
  });
}

function requireAffinities(units: readonly DmarUnit[], affinities: readonly DmarAffinity[]): void {
  if (affinities.length === 0) return;
  const stranger = affinities.find(({ base }) => !units.some((unit) => unit.base === base));
  if (stranger)
    throw new RangeError(`an affinity is of a unit at ${hex(stranger.base)}: there is none`);
  const without = units.find((unit) => affinities.filter((a) => a.base === unit.base).length !== 1);
  if (without) {
    throw new RangeError(
      `the unit at ${hex(without.base)} needs one affinity: others have it (§8.6)`,
    );
  }
}

function requireNamespaceDevices(
  options: DmarOptions,
  devices: readonly DmarNamespaceDevice[],
): void {
  const numbers = devices.map(({ number }) => number);
  const twice = numbers.find((number, at) => numbers.indexOf(number) !== at);
  if (twice !== undefined) throw new RangeError(`two ACPI devices have the number ${twice} (§8.7)`);
  const unknown = allScopes(options).find(
    ({ kind, enumerationId = 0 }) => kind === "namespace" && !numbers.includes(enumerationId),
  );
  if (unknown) {
    throw new RangeError(`a scope names ACPI device ${unknown.enumerationId ?? 0}: there is none`);
  }
}

function allScopes(options: DmarOptions): DeviceScope[] {
  const { units, reservedRegions = [], integratedDevices = [], deviceProperties = [] } = options;
  return [
    ...[...units, ...reservedRegions, ...integratedDevices].flatMap(({ scopes = [] }) => scopes),
    ...deviceProperties.flatMap(({ devices }) => devices.map(({ scope }) => scope)),
  ];
}

/** §8.8: devices of a segment with the same flags are in the same structure. */
function requireOneForEachFlag(all: readonly DmarIntegratedDevices[]): void {
  const keys = all.map(({ segment = 0, required = false }) => `${segment} ${required}`);
  if (new Set(keys).size < keys.length) {
    throw new RangeError(
      "integrated devices of a segment with the same flag go into one list (§8.8)",
    );
  }
}
