import { Parser } from "binary-parser";

/** Bytes of a header; the size in it counts them. */
export const HEADER_BYTES = 16;

/** Flags of a header; the low four bits tell requests, 0, from replies. */
export const flag = { reply: 1, typeMask: 0xf, noReply: 1 << 4, error: 1 << 5 } as const;

export interface Header {
  /** Chosen by the sender of a request; its reply has the same. */
  readonly id: number;
  readonly command: number;
  /** Bytes of the whole message. */
  readonly size: number;
  readonly flags: number;
  /** Of an error reply. */
  readonly errno: number;
}

const parser = new Parser()
  .uint16le("id")
  .uint16le("command")
  .uint32le("size")
  .uint32le("flags")
  .uint32le("errno");

export function decodeHeader(bytes: Uint8Array): Header {
  return parser.parse(bytes);
}

/** A whole message: header and body. */
export function encodeMessage(
  header: Omit<Header, "size" | "errno"> & { readonly errno?: number },
  body: Uint8Array = new Uint8Array(),
): Uint8Array {
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
