import { pathToPlace } from "./unit-scope.js";
/** @throws RangeError for places that do not exist, and for reserved regions outside RAM. */
export function resolveFirmware(firmware, topology, memory) {
    const path = (place) => pathToPlace(topology, place);
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
function requireRam(memory, base, size) {
    if (base % 4096n !== 0n || size % 4096 !== 0 || size <= 0 || !memory.contains(base, size)) {
        throw new RangeError(`a reserved region is whole pages of RAM, got 0x${base.toString(16)} with ${size} bytes`);
    }
}
