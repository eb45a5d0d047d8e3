import { TableWriter } from "../table-writer.js";
import { requireIntegrated, requireKinds, scopeEntry } from "./scope.js";
/** N for a register set of that many bytes, a power of two from 4096 up. */
export function registerSizeLog2(bytes) {
    return Math.log2(bytes / 4096);
}
const type = { DRHD: 0, RMRR: 1, ATSR: 2, RHSA: 3, ANDD: 4, SATC: 5, SIDP: 6 };
export function unitStructure(unit) {
    const { segment = 0, includeAll = false, base, sizeLog2 = 0, scopes = [] } = unit;
    if (!Number.isInteger(sizeLog2) || sizeLog2 < 0 || sizeLog2 > 15) {
        throw new RangeError(`sizeLog2 is 0 to 15, got ${sizeLog2}`);
    }
    requireMultiple("the register base of a unit", base, 4096n << BigInt(sizeLog2));
    if (includeAll)
        requireKinds("a unit with includeAll", scopes, ["ioapic", "hpet", "namespace"]);
    else if (scopes.length === 0)
        throw new RangeError("a unit needs device scopes or includeAll");
    const fields = new TableWriter()
        .u8(includeAll ? 1 : 0)
        .u8(sizeLog2)
        .u16(segment)
        .u64(base);
    return structure(type.DRHD, fields, scopeEntries(scopes));
}
export function reservedStructure(region) {
    const { segment = 0, base, limit, scopes } = region;
    requireMultiple("the base of a reserved region", base, 4096n);
    requireMultiple("the end of a reserved region", limit + 1n, 4096n);
    if (limit < base)
        throw new RangeError("a reserved region ends before it begins");
    if (scopes.length === 0)
        throw new RangeError("a reserved region needs the devices that use it");
    requireKinds("a reserved region", scopes, ["endpoint", "bridge", "namespace"]);
    const fields = new TableWriter().u16(0).u16(segment).u64(base).u64(limit);
    return structure(type.RMRR, fields, scopeEntries(scopes));
}
export function rootPortStructure(ports) {
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
export function affinityStructure({ base, proximityDomain }) {
    const fields = new TableWriter().zeros(4).u64(base).u32(proximityDomain);
    return structure(type.RHSA, fields, new Uint8Array());
}
export function namespaceStructure({ number, name }) {
    if (!name.startsWith("\\")) {
        throw new RangeError(`expected a fully qualified name, as "\\_SB.I2C0", got "${name}"`);
    }
    const fields = new TableWriter().zeros(3).u8(number).ascii(name, name.length).u8(0);
    return structure(type.ANDD, fields, new Uint8Array());
}
export function integratedStructure(devices) {
    const { segment = 0, required = false, scopes } = devices;
    requireKinds("SATC", scopes, ["endpoint"]);
    requireIntegrated("SATC", scopes);
    const fields = new TableWriter()
        .u8(required ? 1 : 0)
        .u8(0)
        .u16(segment);
    return structure(type.SATC, fields, scopeEntries(scopes));
}
export function propertiesStructure({ segment = 0, devices }) {
    const scopes = devices.map(({ scope }) => scope);
    requireKinds("SIDP", scopes, ["endpoint", "namespace"]);
    requireIntegrated("SIDP", scopes);
    const entries = new TableWriter();
    for (const device of devices)
        entries.bytes(scopeEntry(device.scope, propertyFlags(device)));
    return structure(type.SIDP, new TableWriter().u16(0).u16(segment), entries.finish());
}
function propertyFlags(device) {
    const bits = [
        device.nestedNotAllowed,
        device.pageWalkSnoopNotAllowed,
        device.pageSnoopNotAllowed,
        device.atcHardened,
        device.atcRequired,
    ];
    return bits.reduce((flags, set, bit) => flags | (set ? 1 << bit : 0), 0);
}
function scopeEntries(scopes) {
    const entries = new TableWriter();
    for (const scope of scopes)
        entries.bytes(scopeEntry(scope));
    return entries.finish();
}
function structure(code, fields, entries) {
    const rest = new TableWriter().bytes(fields.finish()).bytes(entries);
    return new TableWriter()
        .u16(code)
        .u16(rest.length + 4)
        .bytes(rest.finish())
        .finish();
}
function requireMultiple(name, address, of) {
    if (address < 0n || address % of !== 0n) {
        throw new RangeError(`${name} must be a multiple of ${of}, got 0x${address.toString(16)}`);
    }
}
