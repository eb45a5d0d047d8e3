import type { MessageSignaledInterrupt } from "../spec/requests.js";
/** What an interrupt controller gets, field by field (§9.9). */
export interface InterruptAttributes {
    /** 8 bits in xAPIC mode, 32 in x2APIC mode. */
    readonly destination: bigint;
    readonly logical: boolean;
    readonly redirectionHint: boolean;
    readonly vector: number;
    /** DLM. */
    readonly deliveryMode: number;
    readonly level: boolean;
}
/** The message in the format of §5.1.6: destination bits 31:8 are address bits 63:40. */
export declare function messageOf(attributes: InterruptAttributes): MessageSignaledInterrupt;
/** A destination field of 32 bits: in xAPIC mode the APIC id is in its bits 15:8. */
export declare function destinationOf(field: bigint, extended: boolean): bigint;
/** What a remapped-format entry makes of an interrupt (§9.9). */
export declare function attributesOf(entry: bigint, extended: boolean): InterruptAttributes;
