/**
 * The requester id of PCI Express, which VT-d calls source-id (§3.4.1): bus 15:8, device 7:3, function
 * 2:0; with ARI the lower byte is one 8-bit function number.
 */
const TEXT = /^([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-9a-f])$/i;
const EXPECTED = 'expected "bus:device.function" in hexadecimal, for example "00:02.0"';
/**
 * The number of a source-id. Text is "bus:device.function" in hexadecimal, without segment.
 * @throws {RangeError} if the text has another form, or a part or the number is out of range.
 */
export function parseSourceId(sourceId) {
    if (typeof sourceId === "number") {
        if (!Number.isInteger(sourceId) || sourceId < 0 || sourceId > 0xffff) {
            throw new RangeError(`source-id ${sourceId}: expected a number from 0 to 0xffff`);
        }
        return sourceId;
    }
    const match = TEXT.exec(sourceId);
    if (match === null) {
        const segment = /^[0-9a-f]{4}:/i.test(sourceId) ? "; a source-id has no segment" : "";
        throw new RangeError(`source-id "${sourceId}": ${EXPECTED}${segment}`);
    }
    const [bus, device, fn] = match.slice(1).map((part) => Number.parseInt(part, 16));
    if (device > 0x1f) {
        throw new RangeError(`source-id "${sourceId}": device ${match[2]} is not within 00 to 1f`);
    }
    if (fn > 7) {
        throw new RangeError(`source-id "${sourceId}": function ${match[3]} is not within 0 to 7`);
    }
    return (bus << 8) | (device << 3) | fn;
}
/**
 * Bus, device and function of a source-id.
 * @throws {RangeError} as `parseSourceId`.
 */
export function sourceIdParts(sourceId) {
    const id = parseSourceId(sourceId);
    return { bus: id >> 8, device: (id >> 3) & 0x1f, function: id & 7 };
}
/**
 * A source-id as text: "00:02.0" for 10h.
 * @throws {RangeError} if the number is out of range.
 */
export function formatSourceId(sourceId) {
    const { bus, device, function: fn } = sourceIdParts(sourceId);
    const hex = (value) => value.toString(16).padStart(2, "0");
    return `${hex(bus)}:${hex(device)}.${fn}`;
}
