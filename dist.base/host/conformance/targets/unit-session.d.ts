import type { MemoryPort } from "../../memory/port.js";
import type { GuestMemory } from "../../memory/guest-memory.js";
import type { InterruptRequest, MemoryRequest, MessageSignaledInterrupt, PageGroupResponse, DeviceTlbInvalidate, PageRequest, RemapInterruptResult, TranslatedRequest, TranslateResult, TranslationRequest, TranslationResult } from "../../spec/requests.js";
import { type Ability } from "../abilities.js";
import type { Answer, Operation } from "../operation.js";
import type { Session, SessionDescription } from "../target.js";
interface UnitMessages {
    interrupt: MessageSignaledInterrupt;
    pageGroupResponse: PageGroupResponse;
    deviceTlbInvalidate: DeviceTlbInvalidate;
}
/** A remapping unit in this process: the one in WebAssembly, and the oracle. */
export interface UnitInProcess {
    access(access: {
        readonly kind: "read";
        readonly offset: number;
        readonly size: number;
    } | {
        readonly kind: "write";
        readonly offset: number;
        readonly size: number;
        readonly value: bigint;
    }): {
        readonly value: bigint;
    };
    reset(kind: "power-good" | "warm"): void;
    advance(ticks: number): void;
    translate(request: MemoryRequest): TranslateResult;
    translateTranslated(request: TranslatedRequest): TranslateResult;
    requestTranslation(request: TranslationRequest): TranslationResult;
    beginAccess(request: MemoryRequest): {
        readonly result: TranslateResult;
        readonly token: number | undefined;
    };
    endAccess(token: number): void;
    requestPage(request: PageRequest): unknown;
    remapInterrupt(request: InterruptRequest): RemapInterruptResult;
    completeInvalidation(completion: {
        readonly sourceId: number;
        readonly itag: number;
    }): void;
    on<K extends keyof UnitMessages>(kind: K, listener: (message: UnitMessages[K]) => void): () => void;
}
/** The part of GuestMemory that a session needs; a unit in another engine has its own. */
export type SessionMemory = Pick<GuestMemory, "readBytes" | "writeBytes" | "fill" | "contains" | "poison" | "heal"> & Partial<MemoryPort>;
/** RAM of every unit in process, and the part of it that the suite uses. */
export declare const RAM_BYTES: number;
/** A session with a unit in this process, or with one that looks like it. */
export declare class UnitSession implements Session {
    #private;
    readonly description: SessionDescription;
    constructor(unit: UnitInProcess, memory: SessionMemory, hostAddressWidth: number, without?: readonly Ability[]);
    perform(operations: readonly Operation[]): Promise<readonly Answer[]>;
    close(): Promise<void>;
}
export {};
