/**
 * What the suite asks a target to do, and what it answers: plain data. `json.ts` beside this file gives
 * both a form in JSON.
 */
import type { Access } from "../spec/requests.js";
/** Fields that every request of an endpoint has. */
interface Requester {
    /** Requester id, one of the session's endpoints unless the target takes any. */
    readonly sourceId: number;
    /** Absent for a request without PASID. */
    readonly pasid?: number | undefined;
    /** Privileged Mode Requested; default false. */
    readonly privileged?: boolean | undefined;
    /** Execute Requested; default false. */
    readonly execute?: boolean | undefined;
}
/** A memory request, or one with an address that the endpoint has had translated. */
interface MemoryAccess extends Requester {
    readonly address: bigint;
    readonly access: Access;
    /** Bytes, within one 4 KiB page; 0 is a zero-length read. An AtomicOp has 4 or 8. */
    readonly length: number;
    /** Of a write its `length` bytes; of an AtomicOp the operand of a Swap. */
    readonly data?: Uint8Array | undefined;
    /** The address is a translated one (AT = 10b). Default false. */
    readonly translated?: boolean | undefined;
}
/** How a memory request ended, as the endpoint sees it. */
export type DmaAnswer = 
/** It reached memory; `data` is what a read, or an AtomicOp before its change, found there. */
{
    readonly outcome: "done";
    readonly data?: Uint8Array | undefined;
}
/** The unit let it through to an address that is no memory. */
 | {
    readonly outcome: "no-memory";
}
/** The unit took it for an interrupt message. */
 | {
    readonly outcome: "interrupt";
}
/** The unit blocked it. `completion` is absent where the endpoint cannot tell. */
 | {
    readonly outcome: "blocked";
    readonly completion?: "UR" | "CA" | undefined;
};
/** The completion of a translation request (§4.2.3). */
export type TranslationAnswer = {
    readonly outcome: "completed";
    readonly read: boolean;
    readonly write: boolean;
    /** U. */
    readonly untranslatedOnly: boolean;
    /** N. */
    readonly noSnoop: boolean;
    /** Priv. */
    readonly privileged: boolean;
    /** Exe. */
    readonly execute: boolean;
    readonly global: boolean;
    /** Start of the page; it counts if `read` or `write` is set and U is clear. */
    readonly address: bigint;
    /** Bytes that the translation covers. */
    readonly pageSize: number;
} | {
    readonly outcome: "blocked";
    readonly completion?: "UR" | "CA" | undefined;
};
/** A message that left the unit, in the order of their leaving. */
export type TargetEvent = 
/** An interrupt that reached the platform: the unit's own, remapped, or a notification. */
{
    readonly kind: "interrupt";
    readonly address: bigint;
    readonly data: number;
} | {
    readonly kind: "page-group-response";
    readonly sourceId: number;
    readonly pasid?: number | undefined;
    readonly group: number;
    /** 0 Success, 1 Invalid Request, 15 Response Failure. */
    readonly code: number;
} | {
    readonly kind: "device-tlb-invalidate";
    readonly sourceId: number;
    readonly pasid?: number | undefined;
    readonly address: bigint;
    readonly sizeBit: boolean;
    readonly global: boolean;
    /** For "complete-invalidation". */
    readonly itag: number;
};
/** Every operation: its fields, and those of its answer. */
export interface OperationTable {
    "read-register": {
        readonly fields: {
            readonly offset: number;
            readonly size: number;
        };
        readonly answer: {
            readonly value: bigint;
        };
    };
    "write-register": {
        readonly fields: {
            readonly offset: number;
            readonly size: number;
            readonly value: bigint;
        };
        readonly answer: object;
    };
    "read-memory": {
        readonly fields: {
            readonly address: bigint;
            readonly length: number;
        };
        readonly answer: {
            readonly data: Uint8Array;
        };
    };
    "write-memory": {
        readonly fields: {
            readonly address: bigint;
            readonly data: Uint8Array;
        };
        readonly answer: object;
    };
    "fill-memory": {
        readonly fields: {
            readonly address: bigint;
            readonly length: number;
            readonly value: number;
        };
        readonly answer: object;
    };
    /** Configuration space of an endpoint, by 1, 2 or 4 bytes. */
    "read-config": {
        readonly fields: {
            readonly sourceId: number;
            readonly offset: number;
            readonly size: number;
        };
        readonly answer: {
            readonly value: number;
        };
    };
    "write-config": {
        readonly fields: {
            readonly sourceId: number;
            readonly offset: number;
            readonly size: number;
            readonly value: number;
        };
        readonly answer: object;
    };
    dma: {
        readonly fields: MemoryAccess;
        readonly answer: DmaAnswer;
    };
    /** As "dma", but the request stays in flight until its end, and moves no data. */
    "begin-access": {
        readonly fields: MemoryAccess;
        readonly answer: DmaAnswer & {
            readonly token: number;
        };
    };
    "end-access": {
        readonly fields: {
            readonly token: number;
        };
        readonly answer: object;
    };
    /** A translation request of one translation (AT = 01b). */
    "request-translation": {
        readonly fields: Requester & {
            readonly address: bigint;
            /** NW. Default false. */
            readonly noWrite?: boolean | undefined;
        };
        readonly answer: TranslationAnswer;
    };
    /** A Page Request message. What becomes of it shows in the queue, the registers and the events. */
    "request-page": {
        readonly fields: Requester & {
            readonly address: bigint;
            readonly read: boolean;
            readonly write: boolean;
            /** Last page request in group. */
            readonly last: boolean;
            /** 0 to 511. */
            readonly group: number;
        };
        readonly answer: object;
    };
    /** A DWORD write to FEEx_xxxxh. What is delivered shows in the events. */
    interrupt: {
        readonly fields: {
            readonly sourceId: number;
            readonly address: bigint;
            readonly data: number;
        };
        readonly answer: object;
    };
    /** An Invalidate Completion message. */
    "complete-invalidation": {
        readonly fields: {
            readonly sourceId: number;
            readonly itag: number;
        };
        readonly answer: object;
    };
    /** Lets the clock of the unit run. */
    advance: {
        readonly fields: {
            readonly ticks: number;
        };
        readonly answer: object;
    };
    reset: {
        readonly fields: {
            readonly kind: "power-good" | "warm";
        };
        readonly answer: object;
    };
    /** From now on the unit's accesses to these bytes fail. */
    poison: {
        readonly fields: {
            readonly address: bigint;
            readonly length: number;
            /** Default true. */
            readonly reads?: boolean | undefined;
            /** Default true. */
            readonly writes?: boolean | undefined;
        };
        readonly answer: object;
    };
    /** Undoes every "poison". */
    heal: {
        readonly fields: object;
        readonly answer: object;
    };
    /** The events since the last time. */
    "take-events": {
        readonly fields: object;
        readonly answer: {
            readonly events: readonly TargetEvent[];
        };
    };
}
export type OperationName = keyof OperationTable;
/** One operation: its name in `op`, and its fields. */
export type Operation<K extends OperationName = OperationName> = {
    [N in K]: {
        readonly op: N;
    } & OperationTable[N]["fields"];
}[K];
/** Why a target did not do what it was asked for. */
export interface Failure {
    readonly ok: false;
    readonly reason: string;
    /** The target cannot do this at all: the case is skipped for `reason`. Default: the case fails. */
    readonly unsupported?: boolean | undefined;
}
/** The answer to an operation. */
export type Answer<K extends OperationName = OperationName> = {
    [N in K]: ({
        readonly ok: true;
    } & OperationTable[N]["answer"]) | Failure;
}[K];
export {};
