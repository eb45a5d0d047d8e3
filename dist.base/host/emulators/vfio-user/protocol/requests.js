import { Parser } from "binary-parser";
import { command, commandName } from "./command.js";
import { errno } from "./errno.js";
/** Flags of DmaMap: the server may read, or write. */
export const dmaFlag = { read: 1, write: 2 };
/** A request that gets an error reply, and harms nothing else. */
export class RequestError extends Error {
    errno;
    name = "RequestError";
    constructor(errno, message) {
        super(message);
        this.errno = errno;
    }
}
const dmaMap = new Parser()
    .uint32le("argsz")
    .uint32le("flags")
    .uint64le("offset")
    .uint64le("address")
    .uint64le("size");
const dmaUnmap = new Parser()
    .uint32le("argsz")
    .uint32le("flags")
    .uint64le("address")
    .uint64le("size");
const info = new Parser().uint32le("argsz").uint32le("flags").uint32le("index");
const irqs = new Parser()
    .uint32le("argsz")
    .uint32le("flags")
    .uint32le("index")
    .uint32le("start")
    .uint32le("count");
const regionAccess = new Parser().uint64le("offset").uint32le("region").uint32le("count");
const version = new Parser().uint16le("major").uint16le("minor");
/** Bytes in front of the data of a region access. */
export const ACCESS_BYTES = 16;
/** Least bytes of a body, by command. */
const leastBody = {
    [command.version]: 5,
    [command.dmaMap]: 32,
    [command.dmaUnmap]: 24,
    [command.deviceGetInfo]: 16,
    [command.deviceGetRegionInfo]: 32,
    [command.deviceGetIrqInfo]: 16,
    [command.deviceSetIrqs]: 20,
    [command.regionRead]: ACCESS_BYTES,
    [command.regionWrite]: ACCESS_BYTES,
    [command.deviceReset]: 0,
};
/**
 * @throws RequestError for a command that the server does not know (ENOSYS), or a body that is too short or
 * does not fit its own counts (EINVAL).
 */
export function decodeRequest(code, body) {
    const least = leastBody[code];
    if (least === undefined) {
        throw new RequestError(errno.ENOSYS, `${commandName(code)} is not supported`);
    }
    if (body.length < least) {
        throw new RequestError(errno.EINVAL, `the body of ${commandName(code)} has ${body.length} bytes, expected at least ${least}`);
    }
    switch (code) {
        case command.version:
            return versionRequest(body);
        case command.dmaMap:
            return { kind: "dmaMap", map: dmaMap.parse(body) };
        case command.dmaUnmap:
            return { kind: "dmaUnmap", range: dmaUnmap.parse(body) };
        case command.deviceGetInfo:
            return { kind: "deviceGetInfo", argsz: info.parse(body).argsz };
        case command.deviceGetRegionInfo:
            return { kind: "deviceGetRegionInfo", ...info.parse(body) };
        case command.deviceGetIrqInfo:
            return { kind: "deviceGetIrqInfo", ...info.parse(body) };
        case command.deviceSetIrqs:
            return { kind: "deviceSetIrqs", ...irqs.parse(body) };
        case command.regionRead:
            return { kind: "regionRead", access: regionAccess.parse(body) };
        case command.regionWrite:
            return regionWrite(body);
        default:
            return { kind: "deviceReset" };
    }
}
function versionRequest(body) {
    const end = body.indexOf(0, 4);
    if (end < 0) {
        throw new RequestError(errno.EINVAL, "the JSON of version does not end with a NUL");
    }
    const json = new TextDecoder().decode(body.subarray(4, end));
    return { kind: "version", ...version.parse(body), json };
}
function regionWrite(body) {
    const access = regionAccess.parse(body);
    const data = body.subarray(ACCESS_BYTES);
    if (data.length !== access.count) {
        throw new RequestError(errno.EINVAL, `regionWrite of ${access.count} bytes has ${data.length} bytes of data`);
    }
    return { kind: "regionWrite", access, data };
}
