import { TableWriter } from "../table-writer.js";
import { requireIntegrated, requireKinds, scopeEntry, type DeviceScope } from "./scope.js";

/** A remapping unit (DRHD, §8.3). */
export interface DmarUnit {
  readonly segment?: number;
  /** Covers every device of the segment that no other unit lists. Default false. */
  readonly includeAll?: boolean;
  /** Address of the register pages, a multiple of their size. */
  readonly base: bigint;
  /** The register set has 2^N pages of 4 KiB; default 0. */
  readonly sizeLog2?: number;
  /** With `includeAll` only of kind "ioapic", "hpet" and "namespace". */
  readonly scopes?: readonly DeviceScope[];
}

/** N for a register set of that many bytes, a power of two from 4096 up. */
export function registerSizeLog2(bytes: number): number {
  return Math.log2(bytes / 4096);
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

/** The proximity domain of a unit (RHSA, §8.6). */
export interface DmarAffinity {
  /** Register base of the unit. */
  readonly base: bigint;
  /** 32 bits, as in SRAT. */
  readonly proximityDomain: number;
}

/** A device of the ACPI name space that sends requests (ANDD, §8.7). */
export interface DmarNamespaceDevice {
  /** 0 to 255, unique; the enumeration id of its device scope. */
  readonly number: number;
  /** Fully qualified object name, as "\\_SB.I2C0". */
  readonly name: string;
}

/** Integrated devices with an address translation cache (SATC, §8.8). */
export interface DmarIntegratedDevices {
  readonly segment?: number;
  /** ATC_REQUIRED: the devices do not work without ATS. Default false. */
  readonly required?: boolean;
  readonly scopes: readonly DeviceScope[];
}

/** An integrated device and what software has to heed with it (SIDP, §8.9; flags of §8.3.1). */
export interface DeviceProperties {
  readonly scope: DeviceScope;
  /** Requests without PASID should not use nested translation. Default false. */
  readonly nestedNotAllowed?: boolean;
  /** PWSNP must be clear for requests without PASID. Default false. */
  readonly pageWalkSnoopNotAllowed?: boolean;
  /** PGSNP and SNP must be clear for requests without PASID. Default false. */
  readonly pageSnoopNotAllowed?: boolean;
  /** Its address translation cache is validated (§4.4). Default false. */
  readonly atcHardened?: boolean;
  /** It does not work without ATS. Default false. */
  readonly atcRequired?: boolean;
}

export interface DmarDeviceProperties {
  readonly segment?: number;
  readonly devices: readonly DeviceProperties[];
}

const type = { DRHD: 0, RMRR: 1, ATSR: 2, RHSA: 3, ANDD: 4, SATC: 5, SIDP: 6 } as const;

export function unitStructure(unit: DmarUnit): Uint8Array {
  const { segment = 0, includeAll = false, base, sizeLog2 = 0, scopes = [] } = unit;
  if (!Number.isInteger(sizeLog2) || sizeLog2 < 0 || sizeLog2 > 15) {
    throw new RangeError(`sizeLog2 is 0 to 15, got ${sizeLog2}`);
  }
  requireMultiple("the register base of a unit", base, 4096n << BigInt(sizeLog2));
  if (includeAll) requireKinds("a unit with includeAll", scopes, ["ioapic", "hpet", "namespace"]);
  else if (scopes.length === 0) throw new RangeError("a unit needs device scopes or includeAll");
  const fields = new TableWriter()
    .u8(includeAll ? 1 : 0)
    .u8(sizeLog2)
    .u16(segment)
    .u64(base);
  return structure(type.DRHD, fields, scopeEntries(scopes));
}

export function reservedStructure(region: DmarReservedRegion): Uint8Array {
  const { segment = 0, base, limit, scopes } = region;
  requireMultiple("the base of a reserved region", base, 4096n);
  requireMultiple("the end of a reserved region", limit + 1n, 4096n);
  if (limit < base) throw new RangeError("a reserved region ends before it begins");
  if (scopes.length === 0) throw new RangeError("a reserved region needs the devices that use it");
  requireKinds("a reserved region", scopes, ["endpoint", "bridge", "namespace"]);
  const fields = new TableWriter().u16(0).u16(segment).u64(base).u64(limit);
  return structure(type.RMRR, fields, scopeEntries(scopes));
}

export function rootPortStructure(ports: DmarRootPorts): Uint8Array {
  const { segment = 0, allPorts = false, scopes = [] } = ports;
  if (allPorts === scopes.length > 0) {
    throw new RangeError("root ports are all ports, or the ports of device scopes");
  }
  requireKinds("a list of root ports", scopes, ["bridge"]);
  const fields = new TableWriter()
    .u8(allPorts ? 1 : 0)
    .u8(0)
    .u16(segment);
  return structure(type.ATSR, fields, scopeEntries(scopes));
}

export function affinityStructure({ base, proximityDomain }: DmarAffinity): Uint8Array {
  const fields = new TableWriter().zeros(4).u64(base).u32(proximityDomain);
  return structure(type.RHSA, fields, new Uint8Array());
}

export function namespaceStructure({ number, name }: DmarNamespaceDevice): Uint8Array {
  if (!name.startsWith("\\")) {
    throw new RangeError(`expected a fully qualified name, as "\\_SB.I2C0", got "${name}"`);
  }
  const fields = new TableWriter().zeros(3).u8(number).ascii(name, name.length).u8(0);
  return structure(type.ANDD, fields, new Uint8Array());
}

export function integratedStructure(devices: DmarIntegratedDevices): Uint8Array {
  const { segment = 0, required = false, scopes } = devices;
  requireKinds("SATC", scopes, ["endpoint"]);
  requireIntegrated("SATC", scopes);
  const fields = new TableWriter()
    .u8(required ? 1 : 0)
    .u8(0)
    .u16(segment);
  return structure(type.SATC, fields, scopeEntries(scopes));
}

export function propertiesStructure({ segment = 0, devices }: DmarDeviceProperties): Uint8Array {
  const scopes = devices.map(({ scope }) => scope);
  requireKinds("SIDP", scopes, ["endpoint", "namespace"]);
  requireIntegrated("SIDP", scopes);
  const entries = new TableWriter();
  for (const device of devices) entries.bytes(scopeEntry(device.scope, propertyFlags(device)));
  return structure(type.SIDP, new TableWriter().u16(0).u16(segment), entries.finish());
}

function propertyFlags(device: DeviceProperties): number {
  const bits = [
    device.nestedNotAllowed,
    device.pageWalkSnoopNotAllowed,
    device.pageSnoopNotAllowed,
    device.atcHardened,
    device.atcRequired,
  ];
  return bits.reduce((flags, set, bit) => flags | (set ? 1 << bit : 0), 0);
}

function scopeEntries(scopes: readonly DeviceScope[]): Uint8Array {
  const entries = new TableWriter();
  for (const scope of scopes) entries.bytes(scopeEntry(scope));
  return entries.finish();
}

function structure(code: number, fields: TableWriter, entries: Uint8Array): Uint8Array {
  const rest = new TableWriter().bytes(fields.finish()).bytes(entries);
  return new TableWriter()
    .u16(code)
    .u16(rest.length + 4)
    .bytes(rest.finish())
    .finish();
}

function requireMultiple(name: string, address: bigint, of: bigint): void {
  if (address < 0n || address % of !== 0n) {
    throw new RangeError(`${name} must be a multiple of ${of}, got 0x${address.toString(16)}`);
  }
}
