import type { Access, MemoryRequest, PageRequest, TranslatedRequest, TranslationRequest } from "../spec/requests.js";
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
export declare function fromMemoryRequest(request: MemoryRequest): OracleRequest;
export declare function fromTranslationRequest(request: TranslationRequest): OracleRequest;
export declare function fromTranslatedRequest(request: TranslatedRequest): OracleRequest;
export declare function fromPageRequest(request: PageRequest): OracleRequest;
/** The request as a unit sees it that must ignore the PASID prefix (§3.1: remapping disabled). */
export declare function withoutPrefix(request: OracleRequest): OracleRequest;
