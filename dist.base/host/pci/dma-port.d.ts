import type { Access, MessageSignaledInterrupt, PageRequest, PageRequestResult, TranslationRequest, TranslationResult } from "../spec/requests.js";
/** How an endpoint's memory request travels. */
export interface DmaAttributes {
    /** PASID of the prefix; absent without prefix. */
    readonly pasid?: number | undefined;
    readonly privileged?: boolean;
    readonly execute?: boolean;
    /** AT = translated: the address is one that the device obtained by ATS. Default untranslated. */
    readonly translated?: boolean;
}
export interface DmaRequest extends DmaAttributes {
    readonly access: Access;
    readonly address: bigint;
    /** Bytes; the bus splits at 4 KiB boundaries. */
    readonly length: number;
}
/** A request that did not succeed: its completion status, and the address that failed. */
export interface DmaFailure {
    /** "blocked": the function, or a bridge above, is no bus master, so nothing was sent. */
    readonly status: "UR" | "CA" | "blocked";
    readonly address: bigint;
}
export type DmaResult = {
    readonly status: "ok";
} | DmaFailure;
export type DmaReadResult = {
    readonly status: "ok";
    readonly bytes: Uint8Array;
} | DmaFailure;
export type DmaAtomicResult = {
    readonly status: "ok";
    readonly old: bigint;
} | DmaFailure;
/**
 * A memory request in flight: it is translated, the data has not moved. Exactly one of the
 * methods ends it; a second call is misuse.
 */
export interface DmaTransfer {
    /** The data of a read. */
    finishRead(): DmaReadResult;
    /** Writes as many bytes as the request has. */
    finishWrite(bytes: Uint8Array): DmaResult;
    /** Replaces the 64-bit word in one atomic step. */
    finishAtomic(update: (old: bigint) => bigint): DmaAtomicResult;
    /** Ends it without moving data. */
    cancel(): void;
    /** Plain data that `DmaPort.resume` makes the request from again. */
    snapshot(): unknown;
}
/** The upstream side of a function: everything that it can send. */
export interface DmaPort {
    /** Bus Master Enable of the function and of every bridge above it. */
    readonly busMaster: boolean;
    begin(request: DmaRequest): DmaTransfer;
    /** A request in flight, from its `snapshot`, in a machine that is being restored. */
    resume(state: unknown): DmaTransfer;
    /** `begin` and `finishRead` in one. */
    read(address: bigint, length: number, attributes?: DmaAttributes): DmaReadResult;
    /** `begin` and `finishWrite` in one. */
    write(address: bigint, bytes: Uint8Array, attributes?: DmaAttributes): DmaResult;
    /** False if the function may send no memory request now. */
    sendInterrupt(message: MessageSignaledInterrupt): boolean;
    requestTranslation(request: Omit<TranslationRequest, "sourceId">): TranslationResult;
    requestPage(request: Omit<PageRequest, "sourceId">): PageRequestResult;
    completeInvalidation(itag: number): void;
}
