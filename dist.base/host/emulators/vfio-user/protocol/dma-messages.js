import { HEADER_BYTES } from "./header.js";
const BODY_BYTES = { count32: 12, count64: 16 };
/** The body of a DMA request to the client: with data a write. */
export function dmaRequest(layout, address, count, data = new Uint8Array()) {
    const head = BODY_BYTES[layout];
    const body = new Uint8Array(head + data.length);
    const view = new DataView(body.buffer);
    view.setBigUint64(0, address, true);
    view.setUint32(8, count, true);
    body.set(data, head);
    return body;
}
/** The data of the reply to a DMA read; undefined if it has not as many bytes. */
export function dmaReadData(layout, body, count) {
    const data = body.subarray(BODY_BYTES[layout]);
    return data.length === count ? data : undefined;
}
/** Bytes of a whole DMA message without its data. */
export function dmaOverhead(layout) {
    return HEADER_BYTES + BODY_BYTES[layout];
}
