import type { InterruptRequest, MemoryRequest, PageRequest, PageRequestResult, RemapInterruptResult, TranslatedRequest, TranslateResult, TranslationRequest, TranslationResult } from "../spec/requests.js";
/** A memory request that has been translated and has not ended yet (§6.5.4: drains wait for it). */
export interface AccessInFlight {
    readonly result: TranslateResult;
    /** To be handed to `endAccess` exactly once, whatever the result. */
    readonly token: number;
}
/**
 * What a bus needs of a remapping unit: the requests that travel upstream. `Iommu` fits it, and so
 * does any double that answers with the types of `host/spec/requests.ts`.
 */
export interface IommuPort {
    /** Translates an untranslated request that begins and ends at once. */
    translate(request: MemoryRequest): TranslateResult;
    /** Translates an untranslated request that stays in flight until `endAccess`. */
    beginAccess(request: MemoryRequest): AccessInFlight;
    endAccess(token: number): void;
    /** An ATS translation request (§4.2.3). */
    requestTranslation(request: TranslationRequest): TranslationResult;
    /** A request whose address the device translated before (§4.2.5). */
    translateTranslated(request: TranslatedRequest): TranslateResult;
    /** A Page Request message (§7.4). */
    requestPage(request: PageRequest): PageRequestResult;
    /**
     * An interrupt request of a device (§5.1.4): a write for which `beginAccess` answered "interrupt".
     * Absent: messages are delivered as they are.
     */
    remapInterrupt?(request: InterruptRequest): RemapInterruptResult;
    /** An Invalidate Completion message of a device (§4.3). */
    completeInvalidation(completion: {
        readonly sourceId: number;
        readonly itag: number;
    }): void;
}
