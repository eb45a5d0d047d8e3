const DEFAULT_SIZE = 8;
const PAGE_SIZE = 4096;
export function fromMemoryRequest(request) {
    return {
        ...identityOf(request),
        ...prefixOf(request.pasid, request.privileged, request.execute),
        kind: "untranslated",
        access: request.access,
        size: sizeOf(request.address, request.access, request.size),
        noWrite: false,
    };
}
export function fromTranslationRequest(request) {
    return {
        ...identityOf(request),
        ...prefixOf(request.pasid, request.privileged, request.execute),
        kind: "translation",
        access: "read",
        size: DEFAULT_SIZE,
        noWrite: request.noWrite ?? false,
    };
}
export function fromTranslatedRequest(request) {
    return {
        ...identityOf(request),
        ...prefixOf(request.pasid, false, request.execute),
        kind: "translated",
        access: request.access,
        size: sizeOf(request.address, request.access, request.size),
        noWrite: false,
    };
}
export function fromPageRequest(request) {
    return {
        ...identityOf(request),
        ...prefixOf(request.pasid, request.privileged, request.execute),
        kind: "page-request",
        access: "page",
        size: DEFAULT_SIZE,
        noWrite: false,
    };
}
/** The request as a unit sees it that must ignore the PASID prefix (§3.1: remapping disabled). */
export function withoutPrefix(request) {
    return { ...request, pasid: undefined, privileged: false, execute: false };
}
function identityOf(request) {
    const { sourceId, address } = request;
    if (!Number.isInteger(sourceId) || sourceId < 0 || sourceId > 0xffff) {
        throw new RangeError(`sourceId ${sourceId}: expected a requester id of 16 bits`);
    }
    if (BigInt.asUintN(64, address) !== address) {
        throw new RangeError(`address ${address.toString(16)}h: expected 64 bits, not negative`);
    }
    return { sourceId, address };
}
function prefixOf(pasid, privileged, execute) {
    if (pasid === undefined)
        return { pasid, privileged: false, execute: false };
    if (!Number.isInteger(pasid) || pasid < 0 || pasid > 0xfffff) {
        throw new RangeError(`pasid ${pasid}: expected 20 bits, or undefined for no PASID`);
    }
    return { pasid, privileged: privileged ?? false, execute: execute ?? false };
}
function sizeOf(address, access, size = DEFAULT_SIZE) {
    const offset = Number(address % BigInt(PAGE_SIZE));
    if (!Number.isInteger(size) || size < 0 || offset + size > PAGE_SIZE) {
        throw new RangeError(`size ${size} at page offset ${offset}: expected 0 to 4096 bytes within one 4 KiB page`);
    }
    if (size === 0 && access !== "read") {
        throw new RangeError(`size 0 with access "${access}": only a read may have zero length`);
    }
    return size;
}
