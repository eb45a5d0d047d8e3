import { TableWriter } from "../table-writer.js";
const KIND_CODES = {
    endpoint: 1,
    bridge: 2,
    ioapic: 3,
    hpet: 4,
    namespace: 5,
};
/** Not devices of PCI: their number is the enumeration id, and they have no path through bridges. */
const PLATFORM_DEVICES = ["hpet", "namespace"];
/**
 * A device scope entry.
 * @param flags of SIDP alone; 0 elsewhere
 * @throws RangeError for a place that no device has.
 */
export function scopeEntry(scope, flags = 0) {
    const { kind, enumerationId = 0, startBus = 0, path } = scope;
    if (path.length === 0)
        throw new RangeError("a device scope needs a path of at least one step");
    if (PLATFORM_DEVICES.includes(kind) && path.length > 1) {
        throw new RangeError(`a scope of kind ${kind} has one step, got ${path.length} (§8.3.1)`);
    }
    requireByte("startBus", startBus);
    requireByte("enumerationId", enumerationId);
    const entry = new TableWriter()
        .u8(KIND_CODES[kind])
        .u8(6 + 2 * path.length)
        .u8(flags)
        .u8(0)
        .u8(enumerationId)
        .u8(startBus);
    for (const { device, function: fn } of path) {
        if (!isWithin(device, 31) || !isWithin(fn, 7)) {
            throw new RangeError(`no device ${device} function ${fn} in PCI`);
        }
        entry.u8(device).u8(fn);
    }
    return entry.finish();
}
/** @throws RangeError if a structure may not have scopes of such kinds. */
export function requireKinds(structure, scopes, allowed) {
    const other = scopes.find(({ kind }) => !allowed.includes(kind));
    if (other) {
        throw new RangeError(`${structure} has scopes of kind ${allowed.join(" or ")}, not ${other.kind}`);
    }
}
/** @throws RangeError if a structure for integrated devices names one behind a bridge. */
export function requireIntegrated(structure, scopes) {
    if (scopes.length === 0)
        throw new RangeError(`${structure} needs at least one device scope`);
    if (scopes.some(({ path }) => path.length > 1)) {
        throw new RangeError(`${structure} names integrated devices: their path has one step`);
    }
}
/** Two entries with the same key name the same device. */
export function scopeKey({ kind, enumerationId = 0, startBus = 0, path }) {
    const steps = path.map(({ device, function: fn }) => `${device.toString(16)}.${fn}`).join("/");
    const place = `${startBus.toString(16)}:${steps}`;
    return kind === "endpoint" || kind === "bridge" ? place : `${kind} ${enumerationId}`;
}
function requireByte(name, value) {
    if (!isWithin(value, 255)) {
        throw new RangeError(`${name} of a device scope is ${value}: expected 0 to 255`);
    }
}
function isWithin(value, most) {
    return Number.isInteger(value) && value >= 0 && value <= most;
}
