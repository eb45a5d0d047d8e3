import { acpiTable } from "./table.js";
import { TableWriter } from "./table-writer.js";

/** Kinds of device scope entries (§8.3.1). */
export type ScopeKind = "endpoint" | "bridge" | "ioapic" | "hpet" | "namespace";

export interface DeviceScope {
  readonly kind: ScopeKind;
  /** I/O APIC id, HPET number or ACPI device number; default 0. */
  readonly enumerationId?: number;
  /** Bus where the path starts; default 0. */
  readonly startBus?: number;
  /** From the start bus down: one step, or one per bridge and the device itself. */
  readonly path: readonly { readonly device: number; readonly function: number }[];
}

/** A remapping unit (DRHD, §8.3). */
export interface DmarUnit {
  readonly segment?: number;
  /** Covers every device of the segment that no other unit lists. Default false. */
  readonly includeAll?: boolean;
  /** Address of the register pages, a multiple of 4096. */
  readonly base: bigint;
  /** The register set has 2^N pages of 4 KiB; default 0. */
  readonly sizeLog2?: number;
  readonly scopes?: readonly DeviceScope[];
}

/** Memory that devices use without the operating system's doing (RMRR, §8.4). */
export interface DmarReservedRegion {
  readonly segment?: number;
  readonly base: bigint;
  /** Last byte. */
  readonly limit: bigint;
  readonly scopes: readonly DeviceScope[];
}

/** Root ports below which ATS works (ATSR, §8.5). */
export interface DmarRootPorts {
  readonly segment?: number;
  /** All root ports of the segment; then there are no scopes. Default false. */
  readonly allPorts?: boolean;
  readonly scopes?: readonly DeviceScope[];
}

/** Integrated devices with an address translation cache (SATC, §8.8). */
export interface DmarIntegratedDevices {
  readonly segment?: number;
  /** The devices do not work without ATS. Default false. */
  readonly required?: boolean;
  readonly scopes: readonly DeviceScope[];
}

export interface DmarOptions {
  /** Host address width in bits. */
  readonly hostAddressWidth: number;
  /** INTR_REMAP: interrupt remapping is supported by the platform. Default false. */
  readonly interruptRemapping?: boolean;
  /** X2APIC_OPT_OUT. Default false. */
  readonly x2apicOptOut?: boolean;
  /** DMA_CTRL_PLATFORM_OPT_IN_FLAG. Default false. */
  readonly dmaControlOptIn?: boolean;
  readonly units: readonly DmarUnit[];
  readonly reservedRegions?: readonly DmarReservedRegion[];
  readonly rootPorts?: readonly DmarRootPorts[];
  readonly integratedDevices?: readonly DmarIntegratedDevices[];
}

const DRHD = 0;
const RMRR = 1;
const ATSR = 2;
const SATC = 5;

const SCOPE_KINDS: Record<ScopeKind, number> = {
  endpoint: 1,
  bridge: 2,
  ioapic: 3,
  hpet: 4,
  namespace: 5,
};

/** The DMA Remapping table (chapter 8). */
export function dmarTable(options: DmarOptions): Uint8Array {
  requireIncludeAllLast(options.units);
  const flags =
    (options.interruptRemapping ? 1 : 0) |
    (options.x2apicOptOut ? 2 : 0) |
    (options.dmaControlOptIn ? 4 : 0);
  const body = new TableWriter()
    .u8(options.hostAddressWidth - 1)
    .u8(flags)
    .zeros(10);
  for (const unit of options.units) body.bytes(unitStructure(unit));
  for (const region of options.reservedRegions ?? []) body.bytes(reservedStructure(region));
  for (const ports of options.rootPorts ?? []) body.bytes(rootPortStructure(ports));
  for (const devices of options.integratedDevices ?? []) body.bytes(satcStructure(devices));
  return acpiTable("DMAR", 1, body.finish());
}

function unitStructure(unit: DmarUnit): Uint8Array {
  const { segment = 0, includeAll = false, base, sizeLog2 = 0, scopes = [] } = unit;
  requirePage("the register base of a unit", base);
  if (sizeLog2 < 0 || sizeLog2 > 15) throw new RangeError(`sizeLog2 is 0 to 15, got ${sizeLog2}`);
  if (!includeAll && scopes.length === 0) {
    throw new RangeError("a unit needs device scopes or includeAll");
  }
  const fields = new TableWriter()
    .u8(includeAll ? 1 : 0)
    .u8(sizeLog2)
    .u16(segment)
    .u64(base);
  return structure(DRHD, fields, scopes);
}

function reservedStructure(region: DmarReservedRegion): Uint8Array {
  const { segment = 0, base, limit, scopes } = region;
  requirePage("the base of a reserved region", base);
  requirePage("the end of a reserved region", limit + 1n);
  if (limit < base) throw new RangeError("a reserved region ends before it begins");
  return structure(RMRR, new TableWriter().u16(0).u16(segment).u64(base).u64(limit), scopes);
}

function rootPortStructure(ports: DmarRootPorts): Uint8Array {
  const { segment = 0, allPorts = false, scopes = [] } = ports;
  if (allPorts === scopes.length > 0) {
    throw new RangeError("root ports are all ports, or the ports of device scopes");
  }
  return structure(
    ATSR,
    new TableWriter()
      .u8(allPorts ? 1 : 0)
      .u8(0)
      .u16(segment),
    scopes,
  );
}

function satcStructure(devices: DmarIntegratedDevices): Uint8Array {
  const { segment = 0, required = false, scopes } = devices;
  return structure(
    SATC,
    new TableWriter()
      .u8(required ? 1 : 0)
      .u8(0)
      .u16(segment),
    scopes,
  );
}

function structure(type: number, fields: TableWriter, scopes: readonly DeviceScope[]): Uint8Array {
  const rest = new TableWriter().bytes(fields.finish());
  for (const scope of scopes) rest.bytes(scopeEntry(scope));
  return new TableWriter()
    .u16(type)
    .u16(rest.length + 4)
    .bytes(rest.finish())
    .finish();
}

function scopeEntry({ kind, enumerationId = 0, startBus = 0, path }: DeviceScope): Uint8Array {
  if (path.length === 0) throw new RangeError("a device scope needs a path of at least one step");
  const entry = new TableWriter()
    .u8(SCOPE_KINDS[kind])
    .u8(6 + 2 * path.length)
    .u16(0)
    .u8(enumerationId)
    .u8(startBus);
  for (const step of path) {
    if (step.device > 31 || step.function > 7) {
      throw new RangeError(`no device ${step.device} function ${step.function} in PCI`);
    }
    entry.u8(step.device).u8(step.function);
  }
  return entry.finish();
}

function requirePage(name: string, address: bigint): void {
  if ((address & 0xfffn) !== 0n) {
    throw new RangeError(`${name} must be a multiple of 4096, got 0x${address.toString(16)}`);
  }
}

/** §8.3: the unit with INCLUDE_PCI_ALL is the last one of its segment. */
function requireIncludeAllLast(units: readonly DmarUnit[]): void {
  units.forEach((unit, index) => {
    const later = units.slice(index + 1).some((o) => (o.segment ?? 0) === (unit.segment ?? 0));
    if (unit.includeAll && later) {
      throw new RangeError("the unit with includeAll must be the last one of its segment");
    }
  });
}
