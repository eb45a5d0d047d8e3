import { endpointModel } from "../devices/gallery.js";
import { parseEndpointChoices } from "./endpoint-options.js";
import { UsageError } from "./exit-code.js";
const USUAL_PLACES = {
    "dma-engine": "00:02.0",
    edu: "00:03.0",
    "iommu-testdev": "00:04.0",
};
/**
 * The endpoints of v86's machine that are asked for; nothing if none are.
 * @throws {UsageError} for an endpoint that cannot be.
 */
export function parseEndpoints(texts) {
    if (texts.length === 0)
        return {};
    const choices = parseEndpointChoices(texts, USUAL_PLACES);
    try {
        return {
            endpoints: choices.map(({ at, ...choice }) => ({ at, model: endpointModel(choice) })),
        };
    }
    catch (error) {
        throw error instanceof RangeError ? new UsageError(error.message) : error;
    }
}
