import { BATCH_RECORDS } from "../core/layout.js";
import { batchRecords, scatteredNumbers, type BatchRequest } from "./batch-records.js";

// Flags of the export `requestPage`.
const READ_WRITE_LAST = 7;
const GROUP_SHIFT = 16;
const GROUPS = 512;

/** Pages that page requests ask for, beginning with this one. */
export interface RequestedPages {
  readonly first: number;
  readonly count: number;
}

/** Batches of page requests, whose flags stand in the place of the access. */
export function pageRequestStream(
  batches: number,
  pages: RequestedPages,
  request: (page: number) => BatchRequest,
): Uint8Array[] {
  const numbers = scatteredNumbers(batches * BATCH_RECORDS, pages.count);
  return Array.from({ length: batches }, (_, batch) => {
    const ours = numbers.slice(batch * BATCH_RECORDS, (batch + 1) * BATCH_RECORDS);
    return batchRecords(
      ours.map((page, index) => ({
        ...request(pages.first + page),
        access: READ_WRITE_LAST | ((index % GROUPS) << GROUP_SHIFT),
      })),
    );
  });
}
