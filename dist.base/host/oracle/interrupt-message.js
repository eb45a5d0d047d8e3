import { bitIsSet, bitRange } from "./bit-fields.js";
const INTERRUPT_ADDRESS = 0xfee00000n;
/** Trigger Mode Level: always asserted in what is sent on (§5.1.4, §5.2.3). */
const ASSERTED = 1 << 14;
/** The message in the format of §5.1.6: destination bits 31:8 are address bits 63:40. */
export function messageOf(attributes) {
    const { destination, logical, redirectionHint, vector, deliveryMode, level } = attributes;
    return {
        address: INTERRUPT_ADDRESS |
            ((destination >> 8n) << 40n) |
            ((destination & 0xffn) << 12n) |
            (BigInt(redirectionHint) << 3n) |
            (BigInt(logical) << 2n),
        data: vector | (deliveryMode << 8) | ASSERTED | (Number(level) << 15),
    };
}
/** A destination field of 32 bits: in xAPIC mode the APIC id is in its bits 15:8. */
export function destinationOf(field, extended) {
    return extended ? field : bitRange(field, 15, 8);
}
/** Fixed and lowest priority interrupts have the trigger mode of their entry; all others are edge. */
const LAST_MODE_WITH_LEVEL = 1;
/** What a remapped-format entry makes of an interrupt (§9.9). */
export function attributesOf(entry, extended) {
    const deliveryMode = Number(bitRange(entry, 7, 5));
    return {
        destination: destinationOf(bitRange(entry, 63, 32), extended),
        logical: bitIsSet(entry, 2),
        redirectionHint: bitIsSet(entry, 3),
        vector: Number(bitRange(entry, 23, 16)),
        deliveryMode,
        level: bitIsSet(entry, 4) && deliveryMode <= LAST_MODE_WITH_LEVEL,
    };
}
