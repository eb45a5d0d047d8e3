/** The client broke the protocol: its connection ends with this reason. */
export class ProtocolError extends Error {
    name = "ProtocolError";
}
