import type { InterruptRequest, MemoryRequest, PageRequest, PageRequestResult, RemapInterruptResult, TranslatedRequest, TranslateResult, TranslationRequest, TranslationResult } from "../spec/requests.js";
import { type OracleOptions } from "./oracle.js";
import { type OracleEventName, type OracleEvents } from "./outbox.js";
import { type ResetKind } from "./register-file.js";
export interface OracleUnitOptions extends OracleOptions {
    /** Ticks until a device-TLB invalidation times out. Default 1,000,000. */
    readonly invalidationTimeout?: number | bigint;
}
/** An access to the register page as a bus carries it. */
export interface RegisterAccess {
    readonly kind: "read" | "write";
    /** Bytes from the base of the register page. */
    readonly offset: number;
    /** Bytes: 4 or 8 in what the manual defines. */
    readonly size: number;
    /** Of a write. */
    readonly value?: bigint;
}
export interface RegisterAccessResult {
    /** What a read gets: all ones if the access is undefined; 0 for a write. */
    readonly value: bigint;
    /** Why the manual leaves the access undefined. */
    readonly problem?: string;
}
export interface AccessInFlight {
    readonly result: TranslateResult;
    /** For `endAccess`; undefined if the result is not "ok", and nothing is in flight. */
    readonly token: number | undefined;
}
/**
 * The whole remapping unit behind its registers, as the manual describes it and without any cache:
 * commands take effect at once, invalidations change nothing, but are checked, drain and send what
 * they must. It is made to judge a fast unit, not to be one.
 *
 * Not modelled: execute requests (ERS), memory types (MTS), host permission tables, RDT, TDX, virtual
 * commands, advanced fault logging, enhanced commands and performance monitoring. Their registers read
 * and store what the register data says, and do nothing.
 */
export declare class OracleUnit {
    #private;
    /** Throws a RangeError for capabilities that the oracle does not model. */
    constructor(options: OracleUnitOptions);
    /** Calls the listener for every message of the kind, in order; answers a function that ends it. */
    on<E extends OracleEventName>(event: E, listener: (message: OracleEvents[E]) => void): () => void;
    /** Throws a RangeError where the manual leaves the access undefined. */
    read32(offset: number): number;
    /** As `read32`. */
    read64(offset: number): bigint;
    /** As `read32`; a negative value stands for its low 32 bits. */
    write32(offset: number, value: number): void;
    /** As `read32`. */
    write64(offset: number, value: bigint): void;
    /** An access as a bus sees it: one that is undefined reads all ones, and writes nothing. */
    access(access: RegisterAccess): RegisterAccessResult;
    /** Accesses in flight and device-TLB invalidations are forgotten; messages on their way are lost. */
    reset(kind: ResetKind): void;
    /** An untranslated memory request that begins and ends at once. */
    translate(request: MemoryRequest): TranslateResult;
    /** An untranslated memory request; if it is let through, it is in flight until `endAccess`. */
    beginAccess(request: MemoryRequest): AccessInFlight;
    /** Throws a RangeError if the token is not that of an access in flight. */
    endAccess(token: number): void;
    /** An ATS translation request for one translation. */
    requestTranslation(request: TranslationRequest): TranslationResult;
    /** A memory request with a translated address. */
    translateTranslated(request: TranslatedRequest): TranslateResult;
    /** An interrupt request (§5.1.4). Throws a RangeError for what is none. */
    remapInterrupt(request: InterruptRequest): RemapInterruptResult;
    /** A Page Request message (§7.4). Throws a RangeError for a group index beyond 9 bits. */
    requestPage(request: PageRequest): PageRequestResult;
    /**
     * An Invalidate Completion message of a device. With remapping disabled it is unsupported (§4.2.1),
     * and one that nobody waits for is an error (FSTS_REG.ICE).
     */
    completeInvalidation(completion: {
        sourceId: number;
        itag: number;
    }): void;
    /** Lets time pass. Throws a RangeError for a negative number of ticks. */
    advance(ticks: number | bigint): void;
    /** Ticks until something happens by itself, which is only ever a time-out. */
    nextDeadline(): bigint | undefined;
}
