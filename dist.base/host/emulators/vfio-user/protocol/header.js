import { Parser } from "binary-parser";
/** Bytes of a header; the size in it counts them. */
export const HEADER_BYTES = 16;
/** Flags of a header; the low four bits tell requests, 0, from replies. */
export const flag = { reply: 1, typeMask: 0xf, noReply: 1 << 4, error: 1 << 5 };
const parser = new Parser()
    .uint16le("id")
    .uint16le("command")
    .uint32le("size")
    .uint32le("flags")
    .uint32le("errno");
export function decodeHeader(bytes) {
    return parser.parse(bytes);
}
/** A whole message: header and body. */
export function encodeMessage(header, body = new Uint8Array()) {
    const bytes = new Uint8Array(HEADER_BYTES + body.length);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, header.id, true);
    view.setUint16(2, header.command, true);
    view.setUint32(4, bytes.length, true);
    view.setUint32(8, header.flags, true);
    view.setUint32(12, header.errno ?? 0, true);
    bytes.set(body, HEADER_BYTES);
    return bytes;
}
