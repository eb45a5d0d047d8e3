import type { BytePort } from "../memory/byte-port.js";
import type { Completion, MessageSignaledInterrupt, TranslateResult } from "../spec/requests.js";
import type { DmaAtomicResult, DmaFailure, DmaReadResult, DmaRequest, DmaResult, DmaTransfer } from "./dma-port.js";
/** A part of a request that stays within 4 KiB, and what the unit said to it. */
export interface TransferSegment {
    /** As the device emitted it. */
    readonly address: bigint;
    readonly length: number;
    readonly result: TranslateResult;
    /** What the unit is told when the access has ended. */
    readonly token?: number;
}
/** What a snapshot holds of a request that was begun. */
export type TransferData = {
    readonly request: DmaRequest;
    readonly segments: readonly TransferSegment[];
    readonly abandoned: boolean;
} | {
    readonly failure: DmaFailure;
};
export interface TransferSurroundings {
    readonly memory: BytePort;
    /** Sends an interrupt message; the completion status if the unit blocks it. */
    sendInterrupt(message: MessageSignaledInterrupt): Completion | undefined;
    /** Tells the unit that an access has ended. */
    endAccess(token: number): void;
    /** Called once, when the transfer is no longer in flight. */
    ended(transfer: Transfer): void;
}
/** A memory request between its translation and the movement of its data. */
export declare class Transfer implements DmaTransfer {
    #private;
    constructor(request: DmaRequest, segments: readonly TransferSegment[], around: TransferSurroundings, abandoned?: boolean);
    finishRead(): DmaReadResult;
    finishWrite(bytes: Uint8Array): DmaResult;
    finishAtomic(update: (old: bigint) => bigint): DmaAtomicResult;
    cancel(): void;
    snapshot(): TransferData;
    /** The function is gone: the request ends now, and whoever finishes it learns UR. */
    abandon(): void;
}
/** A request that was never sent. */
export declare class BlockedTransfer implements DmaTransfer {
    #private;
    constructor(failure: DmaFailure);
    snapshot(): TransferData;
    finishRead(): DmaReadResult;
    finishWrite(): DmaResult;
    finishAtomic(): DmaAtomicResult;
    cancel(): void;
}
