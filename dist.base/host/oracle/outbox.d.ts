import type { DeviceTlbInvalidate, FaultRecording, MessageSignaledInterrupt, PageGroupResponse } from "../spec/requests.js";
/** A fault as it happened, recorded or not. */
export interface FaultReport {
    readonly sourceId: number;
    /** Undefined for a request without PASID. */
    readonly pasid: number | undefined;
    /** The whole input address; of an interrupt request, the address that the message was written to. */
    readonly address: bigint;
    readonly condition: string;
    readonly reason: number;
    readonly record: FaultRecording;
}
/** What the unit sends, by the name under which one listens to it. */
export interface OracleEvents {
    /** A message of the unit itself, or the notification of a posted interrupt. */
    readonly interrupt: MessageSignaledInterrupt;
    readonly pageGroupResponse: PageGroupResponse;
    readonly deviceTlbInvalidate: DeviceTlbInvalidate;
    readonly fault: FaultReport;
}
export type OracleEventName = keyof OracleEvents;
/** Messages on their way out, in order. */
export declare class Outbox {
    #private;
    /** Answers a function that ends it. */
    on<E extends OracleEventName>(event: E, listener: (message: OracleEvents[E]) => void): () => void;
    send<E extends OracleEventName>(event: E, message: OracleEvents[E]): void;
    /** Hands out what waits. What a listener causes comes behind what is already on its way. */
    deliver(): void;
    /** Forgets what waits. */
    clear(): void;
}
