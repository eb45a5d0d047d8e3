import type { InterruptRequest, MemoryRequest, PageRequest, TranslatedRequest, TranslationRequest } from "../spec/requests.js";
/** Stands for "without PASID" in the calls of the core. */
export declare const NO_PASID: number;
/** The requester, the PASID and the address of a call, checked. */
export interface RequestWords {
    readonly sourceId: number;
    readonly pasid: number;
    readonly low: number;
    readonly high: number;
}
interface Requester {
    readonly sourceId: number;
    readonly pasid?: number | undefined;
    readonly address: bigint;
}
/** @throws RangeError naming a field of the request that is out of range. */
export declare function requestWords({ sourceId, pasid, address }: Requester): RequestWords;
export declare function checkSourceId(sourceId: number): void;
/** The access word of a memory request (assembly/request.ts). */
export declare function accessWord(request: MemoryRequest | TranslatedRequest): number;
/** A translation request: a write stands for NW clear. */
export declare function translationWord(request: TranslationRequest): number;
/** The flags of a page request (assembly/page-request-queue.ts). */
export declare function pageRequestFlags(request: PageRequest): number;
/** The lower half of an interrupt request's address, and its data (§5.1.2). */
export declare function interruptWords(request: InterruptRequest): {
    low: number;
    data: number;
};
export {};
