/** A message as it came from the client. */
export interface Message {
    readonly id: number;
    readonly command: number;
    readonly kind: "request" | "reply";
    /** Of a request: the client takes no reply to it. */
    readonly noReply: boolean;
    /** Of a reply: the error that it reports, 0 for none. */
    readonly errno: number;
    readonly body: Uint8Array;
}
/** Cuts the bytes of a stream, in whatever pieces they arrive, into messages. */
export declare class MessageStream {
    #private;
    /** `largestTransfer`: bytes of data in one message. */
    constructor(largestTransfer: number);
    /** Bytes of a message that has not arrived whole. */
    get pending(): number;
    /**
     * The messages that are whole now.
     * @throws ProtocolError for a header that no message can have; the stream is of no use after it.
     */
    push(chunk: Uint8Array): Message[];
}
