import { Option } from "commander";
import { endpointKinds } from "../devices/gallery.js";
import { formatSourceId, parseSourceId } from "../spec/source-id.js";
import { UsageError } from "./exit-code.js";
import { parseUnsigned } from "./numbers.js";
/** `--endpoint KIND[@PLACE][,NAME=VALUE...]`, as often as needed. */
export function endpointOption(usual) {
    return new Option("--endpoint <kind[@place]>", `endpoint to plug in: ${endpointKinds.join(", ")}; repeatable`)
        .argParser((text, before) => [...before, text])
        .default([], usual);
}
const OPTIONS = {
    "dma-engine": {
        queues: (name, text) => ({ queues: parseCount(name, text) }),
        "tlb-entries": (name, text) => ({ tlbEntries: parseCount(name, text) }),
        "page-requests": (name, text) => ({ pageRequestCapacity: parseCount(name, text) }),
        "pasid-bits": (name, text) => ({ pasidBits: parseCount(name, text) }),
    },
    edu: { "dma-mask": (name, text) => ({ dmaMask: parseUnsigned(name, text) }) },
    "iommu-testdev": {},
};
function parseCount(name, text) {
    return Number(parseUnsigned(name, text, 16));
}
/**
 * The endpoints that are asked for.
 * @param usualPlaces where an endpoint lies if its place is not given.
 * @throws {UsageError} for an unknown kind or option, or a place that is none or is asked for twice.
 */
export function parseEndpointChoices(texts, usualPlaces) {
    const taken = new Set();
    return texts.map((text) => {
        const [where = "", ...settings] = text.split(",");
        const [name = "", place, ...more] = where.split("@");
        const kind = endpointKinds.find((known) => known === name);
        if (kind === undefined || more.length > 0) {
            const kinds = endpointKinds.join(", ");
            throw new UsageError(`--endpoint "${text}": expected KIND or KIND@PLACE, such as edu@00:03.0; kinds are ${kinds}`);
        }
        const at = formatPlace(text, place ?? usualPlaces[kind]);
        if (taken.has(at))
            throw new UsageError(`--endpoint "${text}": there is one at ${at} already`);
        taken.add(at);
        const options = Object.assign({}, ...settings.map((setting) => parseSetting(text, kind, setting)));
        return { at, kind, options };
    });
}
function parseSetting(text, kind, setting) {
    const [name = "", value, ...more] = setting.split("=");
    const parse = OPTIONS[kind][name];
    if (parse === undefined || value === undefined || more.length > 0) {
        const names = Object.keys(OPTIONS[kind]).map((known) => `${known}=NUMBER`);
        const known = names.length === 0 ? "none" : names.join(", ");
        throw new UsageError(`--endpoint "${text}": "${setting}" is no option of ${kind}; it has ${known}`);
    }
    return parse(`--endpoint "${text}": ${name}`, value);
}
function formatPlace(text, place) {
    try {
        return formatSourceId(parseSourceId(place));
    }
    catch (error) {
        throw new UsageError(`--endpoint "${text}": ${error.message}`);
    }
}
