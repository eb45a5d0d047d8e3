import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { descriptorFlag, operation, statusCode } from "../../host/devices/dma-engine/registers.js";
import { Guest, R } from "./guest.js";

const SOURCE = 0x1_0000_0000n;
const DESTINATION = 0x2_0000_0000n;
const FROM = 0x80_0000n;
const TO = 0xa0_0000n;

/** Where a page of one of the two buffers lies in memory. */
function backing(iova: bigint): bigint {
  return iova >= DESTINATION ? TO + (iova - DESTINATION) : FROM + (iova - SOURCE);
}

/** Maps what is asked for, but loses some groups: answers Success without mapping, as a host may. */
function serve(guest: Guest, forgetful: () => boolean): void {
  const requests = guest.takePageRequests();
  for (const request of requests) {
    if (!forgetful()) guest.pages.map(request.address, backing(request.address));
    if (request.last) guest.respond(request, 0);
  }
  guest.write(R.prs, 3);
}

describe("a copy whose pages come by page faults", () => {
  it("moves exactly its bytes, whatever is mapped before and however often a fault is lost", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          source: fc.integer({ min: 0, max: 8191 }),
          destination: fc.integer({ min: 0, max: 8191 }),
          length: fc.integer({ min: 1, max: 20_000 }),
          mapped: fc.array(fc.boolean(), { minLength: 16, maxLength: 16 }),
          lost: fc.array(fc.boolean(), { maxLength: 12 }),
        }),
        async ({ source, destination, length, mapped, lost }) => {
          const guest = await Guest.boot();
          const { memory } = guest.machine;
          const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 0xff);
          memory.writeBytes(FROM + BigInt(source), bytes);
          mapped.forEach((present, page) => {
            const iova = (page < 8 ? SOURCE : DESTINATION) + BigInt((page % 8) * 4096);
            if (present) guest.pages.map(iova, backing(iova));
          });
          const index = guest.submit(
            operation.copy,
            {
              source: SOURCE + BigInt(source),
              destination: DESTINATION + BigInt(destination),
              length,
            },
            descriptorFlag.useAts | descriptorFlag.pageRequest,
          );
          const losses = [...lost];
          guest.runUntil(() => {
            serve(guest, () => losses.shift() ?? false);
            return guest.result(index) !== undefined;
          });
          expect(guest.result(index)).toEqual({ code: statusCode.ok, bytes: length });
          const expected = new Uint8Array(length + destination + 1);
          expected.set(bytes, destination);
          expect(memory.readBytes(TO, length + destination + 1)).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });
});
