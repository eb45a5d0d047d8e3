import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
import { destinationOf, messageOf } from "./interrupt-message.js";
const WORDS = 8n;
/** The word of ON, SN, NV and NDST: bits 319:256 of the descriptor. */
const CONTROL = 4n;
const ON = 1n;
export function postingOf(entry, extended) {
    return {
        descriptor: (bitRange(entry, 127, 96) << 32n) | (bitRange(entry, 63, 38) << 6n),
        vector: Number(bitRange(entry, 23, 16)),
        urgent: bitIsSet(entry, 14),
        extended,
    };
}
/**
 * Posts an interrupt (§5.2.3). The manual updates the whole line in one step. Implementation choice:
 * the word with the request bit first, then, read anew, the word with ON, each in an atomic step of
 * its own. So whoever clears ON later than the request was set has seen it, or is notified again.
 */
export function post(memory, posting) {
    const descriptor = read(memory, posting.descriptor);
    if (descriptor === undefined)
        return "IR.27";
    if ((descriptor & reservedBits(posting)) !== 0n)
        return "IR.28";
    const requestWord = BigInt(posting.vector >> 6);
    const request = 1n << BigInt(posting.vector & 63);
    const requestAddress = posting.descriptor + 8n * requestWord;
    let expected = bitRange(descriptor >> (64n * requestWord), 63, 0);
    for (;;) {
        const found = memory.compareExchange64(requestAddress, expected, expected | request);
        if (found === undefined)
            return "IR.27";
        if (found === expected)
            break;
        expected = found;
    }
    return notify(memory, posting);
}
/** Sets ON if a notification is due; it is not while one is outstanding, or suppressed and not urgent. */
function notify(memory, posting) {
    const address = posting.descriptor + 8n * CONTROL;
    let word = memory.read64(address);
    while (word !== undefined) {
        const [outstanding, suppressed] = [bitIsSet(word, 0), bitIsSet(word, 1)];
        const due = !outstanding && (posting.urgent || !suppressed);
        if (!due)
            return { notification: undefined };
        const found = memory.compareExchange64(address, word, word | ON);
        if (found === word)
            return { notification: notificationOf(word, posting) };
        word = found;
    }
    return "IR.27";
}
function read(memory, address) {
    let descriptor = 0n;
    for (let word = 0n; word < WORDS; word++) {
        const bits = memory.read64(address + 8n * word);
        if (bits === undefined)
            return undefined;
        descriptor |= bits << (64n * word);
    }
    return descriptor;
}
function reservedBits({ extended }) {
    const destination = extended ? 0n : maskOf(319, 304) | maskOf(295, 288);
    return maskOf(271, 258) | maskOf(287, 280) | maskOf(511, 320) | destination;
}
/** Physical, fixed, edge, no redirection hint. */
function notificationOf(control, { extended }) {
    return messageOf({
        destination: destinationOf(bitRange(control, 63, 32), extended),
        logical: false,
        redirectionHint: false,
        vector: Number(bitRange(control, 23, 16)),
        deliveryMode: 0,
        level: false,
    });
}
