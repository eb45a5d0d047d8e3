import type { BytePort } from "../memory/byte-port.js";
import type { MessageSignaledInterrupt, PageRequest, PageRequestResult, TranslationRequest, TranslationResult } from "../spec/requests.js";
import type { DmaAttributes, DmaPort, DmaReadResult, DmaRequest, DmaResult, DmaTransfer } from "./dma-port.js";
import type { EndpointFunction } from "./function.js";
import type { IommuPort } from "./iommu-port.js";
/** What the upstream path of a function needs of its bus. */
export interface DmaPath {
    readonly memory: BytePort;
    /** The unit that covers a function; undefined where none does. */
    unitFor(owner: EndpointFunction): IommuPort | undefined;
    deliverInterrupt(message: MessageSignaledInterrupt): void;
}
/**
 * The upstream path of one function: bus mastering, the requester id, the remapping unit, memory.
 * Without a unit, addresses pass unchanged, and ATS and PRI find nobody who would answer.
 */
export declare class FunctionDma implements DmaPort {
    #private;
    constructor(owner: EndpointFunction, path: DmaPath);
    get busMaster(): boolean;
    begin(request: DmaRequest): DmaTransfer;
    resume(state: unknown): DmaTransfer;
    /** Forgets what is in flight, and tells nobody: the machine is being restored. */
    forget(): void;
    read(address: bigint, length: number, attributes?: DmaAttributes): DmaReadResult;
    write(address: bigint, bytes: Uint8Array, attributes?: DmaAttributes): DmaResult;
    sendInterrupt(message: MessageSignaledInterrupt): boolean;
    requestTranslation(request: Omit<TranslationRequest, "sourceId">): TranslationResult;
    requestPage(request: Omit<PageRequest, "sourceId">): PageRequestResult;
    completeInvalidation(itag: number): void;
    /** Ends everything in flight with UR: the function has been removed, or its unit will be reset. */
    abandon(): void;
}
