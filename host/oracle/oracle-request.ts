import type {
  Access,
  MemoryRequest,
  PageRequest,
  TranslatedRequest,
  TranslationRequest,
} from "../spec/requests.js";
import type { RequestKind } from "./fault-conditions.js";

/** Any request, in the one form in which the oracle passes it around. */
export interface OracleRequest {
  readonly kind: RequestKind;
  readonly sourceId: number;
  /** Undefined for a request without PASID. */
  readonly pasid: number | undefined;
  readonly address: bigint;
  /** A translation request is a memory read; "page" for a page request. */
  readonly access: Access | "page";
  /** Fields of the PASID prefix: false without one (§3.4.1). */
  readonly privileged: boolean;
  readonly execute: boolean;
  /** Bytes; 0 is a zero-length read. Of untranslated and translated requests only. */
  readonly size: number;
  /** The NW flag of a translation request. */
  readonly noWrite: boolean;
}

const DEFAULT_SIZE = 8;
const PAGE_SIZE = 4096;

export function fromMemoryRequest(request: MemoryRequest): OracleRequest {
  return {
    ...identityOf(request),
    ...prefixOf(request.pasid, request.privileged, request.execute),
    kind: "untranslated",
    access: request.access,
    size: sizeOf(request.address, request.access, request.size),
    noWrite: false,
  };
}

export function fromTranslationRequest(request: TranslationRequest): OracleRequest {
  return {
    ...identityOf(request),
    ...prefixOf(request.pasid, request.privileged, request.execute),
    kind: "translation",
    access: "read",
    size: DEFAULT_SIZE,
    noWrite: request.noWrite ?? false,
  };
}

export function fromTranslatedRequest(request: TranslatedRequest): OracleRequest {
  return {
    ...identityOf(request),
    ...prefixOf(request.pasid, false, request.execute),
    kind: "translated",
    access: request.access,
    size: sizeOf(request.address, request.access, request.size),
    noWrite: false,
  };
}

export function fromPageRequest(request: PageRequest): OracleRequest {
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
export function withoutPrefix(request: OracleRequest): OracleRequest {
  return { ...request, pasid: undefined, privileged: false, execute: false };
}

function identityOf(request: { sourceId: number; address: bigint }): {
  sourceId: number;
  address: bigint;
} {
  const { sourceId, address } = request;
  if (!Number.isInteger(sourceId) || sourceId < 0 || sourceId > 0xffff) {
    throw new RangeError(`sourceId ${sourceId}: expected a requester id of 16 bits`);
  }
  if (BigInt.asUintN(64, address) !== address) {
    throw new RangeError(`address ${address.toString(16)}h: expected 64 bits, not negative`);
  }
  return { sourceId, address };
}

function prefixOf(
  pasid: number | undefined,
  privileged: boolean | undefined,
  execute: boolean | undefined,
): Pick<OracleRequest, "pasid" | "privileged" | "execute"> {
  if (pasid === undefined) return { pasid, privileged: false, execute: false };
  if (!Number.isInteger(pasid) || pasid < 0 || pasid > 0xfffff) {
    throw new RangeError(`pasid ${pasid}: expected 20 bits, or undefined for no PASID`);
  }
  return { pasid, privileged: privileged ?? false, execute: execute ?? false };
}

function sizeOf(address: bigint, access: Access, size = DEFAULT_SIZE): number {
  const offset = Number(address % BigInt(PAGE_SIZE));
  if (!Number.isInteger(size) || size < 0 || offset + size > PAGE_SIZE) {
    throw new RangeError(
      `size ${size} at page offset ${offset}: expected 0 to 4096 bytes within one 4 KiB page`,
    );
  }
  if (size === 0 && access !== "read") {
    throw new RangeError(`size 0 with access "${access}": only a read may have zero length`);
  }
  return size;
}
