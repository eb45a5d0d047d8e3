/** The client broke the protocol: its connection ends with this reason. */
export declare class ProtocolError extends Error {
    readonly name = "ProtocolError";
}
