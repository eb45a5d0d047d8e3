import type { Access } from "../../spec/requests.js";
import type { DmaAnswer, TranslationAnswer } from "../operation.js";
import type { Channel } from "./channel.js";
interface Requester {
    /** Default: the first endpoint. */
    readonly sourceId?: number | undefined;
    /** Absent for a request without PASID. */
    readonly pasid?: number | undefined;
    readonly privileged?: boolean | undefined;
    readonly execute?: boolean | undefined;
}
/** A memory request of an endpoint. */
export interface DmaRequest extends Requester {
    readonly address: bigint;
    /** Default "read", or "write" if there is `data`. */
    readonly access?: Access | undefined;
    /** Bytes. Default that of `data`, or 4. */
    readonly length?: number | undefined;
    /** Of a write, default a pattern; of an AtomicOp the operand of a Swap. */
    readonly data?: Uint8Array | undefined;
    /** The address is a translated one (AT = 10b). Default false. */
    readonly translated?: boolean | undefined;
}
export interface AtsRequest extends Requester {
    readonly address: bigint;
    /** NW. Default false. */
    readonly noWrite?: boolean | undefined;
}
export interface PriRequest extends Requester {
    readonly address: bigint;
    /** Default true. */
    readonly read?: boolean | undefined;
    /** Default false. */
    readonly write?: boolean | undefined;
    /** Default true. */
    readonly last?: boolean | undefined;
    /** Page request group index. Default 0. */
    readonly group?: number | undefined;
}
export interface InterruptMessageRequest {
    readonly sourceId?: number | undefined;
    readonly address: bigint;
    readonly data: number;
}
/** Endpoints of the target, which send what the case wants. */
export declare class Endpoints {
    #private;
    constructor(channel: Channel);
    /** Sends a memory request. */
    dma(request: DmaRequest): Promise<DmaAnswer>;
    /** Begins a memory request, which stays in flight until `end`. */
    begin(request: DmaRequest): Promise<DmaAnswer & {
        readonly token: number;
    }>;
    /** Ends a request in flight. */
    end(token: number): Promise<void>;
    /** Sends a translation request (AT = 01b). */
    translate(request: AtsRequest): Promise<TranslationAnswer>;
    /** Sends a Page Request message. */
    requestPage(request: PriRequest): Promise<void>;
    /** Sends an interrupt message: a DWORD write. */
    interrupt({ sourceId, address, data }: InterruptMessageRequest): Promise<void>;
    /** Sends an Invalidate Completion message. */
    completeInvalidation(completion: {
        sourceId: number;
        itag: number;
    }): Promise<void>;
    /** Source-id of the first endpoint, which sends what says nothing else. */
    get first(): number;
}
/** Bytes that are easy to recognise: A5 01 02 03 ... */
export declare function pattern(length: number, first?: number): Uint8Array;
export {};
