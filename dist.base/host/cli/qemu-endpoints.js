import { endpointModel } from "../devices/gallery.js";
import { sourceIdParts } from "../spec/source-id.js";
import { parseEndpointChoices } from "./endpoint-options.js";
import { UsageError } from "./exit-code.js";
const USUAL_PLACES = {
    "dma-engine": "00:05.0",
    edu: "00:06.0",
    "iommu-testdev": "00:07.0",
};
/** QEMU's own functions in a q35 machine, and the unit's. */
const TAKEN = new Map([
    [0x00, "QEMU's host bridge"],
    [0x04, "the unit"],
    [0x1f, "QEMU's chipset"],
]);
/**
 * The endpoints of QEMU's machine that are asked for; nothing if none are.
 * @throws {UsageError} for an endpoint that cannot be.
 */
export function parseQemuEndpoints(texts) {
    if (texts.length === 0)
        return {};
    const endpoints = parseEndpointChoices(texts, USUAL_PLACES);
    endpoints.forEach(({ at, ...choice }, index) => {
        const why = whyNotPlace(at);
        if (why !== undefined)
            throw new UsageError(`--endpoint "${texts[index]}": ${why}`);
        try {
            endpointModel(choice);
        }
        catch (error) {
            throw error instanceof RangeError ? new UsageError(error.message) : error;
        }
    });
    return { endpoints };
}
function whyNotPlace(at) {
    const { bus, device, function: fn } = sourceIdParts(at);
    if (bus !== 0 || fn !== 0)
        return `${at} is not function 0 of a device on bus 0`;
    const owner = TAKEN.get(device);
    return owner === undefined ? undefined : `${at} is taken by ${owner}`;
}
