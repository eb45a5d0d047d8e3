/**
 * How a DMA message is laid out. QEMU 10.1 and 10.2 have a 32-bit count with the data behind it; later
 * ones the 64-bit count of the protocol's text.
 */
export type DmaLayout = "count32" | "count64";

const BODY_BYTES: Readonly<Record<DmaLayout, number>> = { count32: 12, count64: 16 };

/** The body of a DMA request to the client: with data a write. */
export function dmaRequest(
  layout: DmaLayout,
  address: bigint,
  count: number,
  data: Uint8Array = new Uint8Array(),
): Uint8Array {
  const head = BODY_BYTES[layout];
  const body = new Uint8Array(head + data.length);
  const view = new DataView(body.buffer);
  view.setBigUint64(0, address, true);
  view.setUint32(8, count, true);
  body.set(data, head);
  return body;
}

/** The data of the reply to a DMA read; undefined if it has not as many bytes. */
export function dmaReadData(
  layout: DmaLayout,
  body: Uint8Array,
  count: number,
): Uint8Array | undefined {
  const data = body.subarray(BODY_BYTES[layout]);
  return data.length === count ? data : undefined;
}
