import { at } from "../core/layout.js";

export interface BatchRequest {
  readonly sourceId: number;
  readonly pasid: number;
  readonly address: bigint;
  /** The access word. Default: a read of 64 bytes. */
  readonly access?: number;
}

const READ_OF_64_BYTES = 64 << 16;

/** Records as `translateBatch` takes them. */
export function batchRecords(requests: readonly BatchRequest[]): Uint8Array {
  const size = at("REQUEST_SIZE");
  const batch = new Uint8Array(requests.length * size);
  const view = new DataView(batch.buffer);
  requests.forEach(({ sourceId, pasid, address, access = READ_OF_64_BYTES }, index) => {
    const record = index * size;
    view.setBigUint64(record + at("REQUEST_ADDRESS"), address, true);
    view.setUint32(record + at("REQUEST_SOURCE_ID"), sourceId, true);
    view.setUint32(record + at("REQUEST_PASID"), pasid, true);
    view.setUint32(record + at("REQUEST_ACCESS"), access, true);
  });
  return batch;
}

/** Numbers below `limit` that look random, the same each time. */
export function scatteredNumbers(count: number, limit: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * limit);
  });
}
