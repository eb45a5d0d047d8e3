import { decodeHeader, flag, HEADER_BYTES } from "./header.js";
import { commandName } from "./command.js";
import { ProtocolError } from "./protocol-error.js";
/** Room for the largest transfer that the server agrees to, and what stands before its data. */
const BODY_OVERHEAD = 64;
/** Cuts the bytes of a stream, in whatever pieces they arrive, into messages. */
export class MessageStream {
    #largest;
    #bytes = new Uint8Array();
    /** `largestTransfer`: bytes of data in one message. */
    constructor(largestTransfer) {
        this.#largest = HEADER_BYTES + BODY_OVERHEAD + largestTransfer;
    }
    /** Bytes of a message that has not arrived whole. */
    get pending() {
        return this.#bytes.length;
    }
    /**
     * The messages that are whole now.
     * @throws ProtocolError for a header that no message can have; the stream is of no use after it.
     */
    push(chunk) {
        this.#bytes = joined(this.#bytes, chunk);
        const messages = [];
        while (this.#bytes.length >= HEADER_BYTES) {
            const header = decodeHeader(this.#bytes.subarray(0, HEADER_BYTES));
            this.#check(header);
            if (this.#bytes.length < header.size)
                break;
            messages.push(messageOf(header, this.#bytes.slice(HEADER_BYTES, header.size)));
            this.#bytes = this.#bytes.subarray(header.size);
        }
        return messages;
    }
    #check({ command, size, flags }) {
        const where = `header of ${commandName(command)}`;
        if (size < HEADER_BYTES || size > this.#largest) {
            throw new ProtocolError(`${where}: the size is ${size}, expected ${HEADER_BYTES} to ${this.#largest}`);
        }
        if ((flags & flag.typeMask) > flag.reply) {
            throw new ProtocolError(`${where}: message type ${flags & flag.typeMask}, expected 0 (request) or 1 (reply)`);
        }
    }
}
function messageOf({ id, command, flags, errno }, body) {
    const isReply = (flags & flag.typeMask) === flag.reply;
    return {
        id,
        command,
        kind: isReply ? "reply" : "request",
        noReply: (flags & flag.noReply) !== 0,
        errno: isReply && (flags & flag.error) !== 0 ? errno : 0,
        body,
    };
}
function joined(first, second) {
    const both = new Uint8Array(first.length + second.length);
    both.set(first);
    both.set(second, first.length);
    return both;
}
