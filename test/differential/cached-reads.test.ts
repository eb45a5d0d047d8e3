import { describe, expect, it } from "vitest";
import { cachedReads, type Answer } from "./cached-reads.js";
import { MayCache, type CachedReads, type Invalidation } from "./may-cache.js";
import { TableImage } from "./table-image.js";

const DOMAIN = 0x40;
const PASID = 1;
const INTERRUPTS = 0xfee0_0000n;
const [FIRST_STAGE, PASS_THROUGH] = [1, 4] as const;
const REFUSED: Answer = { status: "fault", condition: "SGN.8.1" };

/** What may be kept of a request with PASID to FEEx_xxxxh that the unit has refused. */
function keptOf(type: number, cachesFaults: boolean): CachedReads[] {
  const image = new TableImage();
  const names = ["root table", "context table", "PASID directory", "PASID table"];
  const hasFirstStage = type === FIRST_STAGE;
  const frames = names.map((name) => image.frame(name));
  if (hasFirstStage) frames.push(image.frame("first-stage table", 1));
  const reads = frames.map((address) => ({ address, value: 1n, cached: false }));
  const tags = { sourceId: 0x10, ownPasid: PASID, pasid: PASID, domain: DOMAIN, type };
  const branch = {
    said: REFUSED,
    reads,
    writes: new Map<bigint, bigint>(),
    tags: { ...tags, hasFirstStage, firstStageRoot: 0n },
    beside: [],
  };
  const request = { address: INTERRUPTS, usesIotlb: true, cachesFaults, largestPageSize: 2 ** 30 };
  return cachedReads(branch, REFUSED, image, request);
}

/** Whether an IOTLB may still have it after that. */
function survives(invalidation: Invalidation): boolean {
  const cache = new MayCache(false);
  keptOf(PASS_THROUGH, true).forEach((entry) => cache.add(entry));
  cache.invalidate(invalidation);
  return cache.find("iotlb", () => true).length > 0;
}

describe("a pass-through mapping that is refused for FEEx_xxxxh", () => {
  it("§6.2.4.1: may be in the IOTLB with caching mode, as the page that passes", () => {
    const entries = keptOf(PASS_THROUGH, true).filter(({ cache }) => cache === "iotlb");
    expect(entries).toMatchObject([{ domain: DOMAIN, pasid: PASID, input: INTERRUPTS, shift: 30 }]);
  });

  it("§6.2.4.1: is not without caching mode, nor is the fault of a first stage with it", () => {
    for (const kept of [keptOf(PASS_THROUGH, false), keptOf(FIRST_STAGE, true)]) {
      expect(kept.map(({ cache }) => cache)).not.toContain("iotlb");
    }
  });

  const page = { domain: DOMAIN, addressMask: 0, leafOnly: false };
  it.each<readonly [Invalidation, boolean]>([
    [{ type: "context-global" }, true],
    [{ type: "pasid-global" }, true],
    [{ type: "iotlb-global" }, false],
    [{ type: "iotlb-domain", domain: DOMAIN }, false],
    [{ type: "iotlb-pages", address: 0xc000_0000n, ...page }, false],
    [{ type: "iotlb-pages", address: 0x8000_0000n, ...page }, true],
    [{ type: "pasid-iotlb", domain: DOMAIN, pasid: PASID }, false],
    [{ type: "pasid-iotlb-pages", address: INTERRUPTS, pasid: PASID, ...page }, true],
  ])("§6.5.2, Tables 23 and 24: %o, and it may be used after that: %s", (invalidation, stays) => {
    expect(survives(invalidation)).toBe(stays);
  });
});

describe("a second stage whose table pointer was cleared", () => {
  const INPUT = 5n << 39n;
  const read = (address: number, value: bigint) => ({ address, value, cached: false });

  /** What may be kept of a request to a legacy entry with four levels and SSPTPTR 0, where nothing is. */
  function kept(cachesFaults: boolean): CachedReads[] {
    const image = new TableImage();
    const [root, context] = [image.frame("root table"), image.frame("context table")];
    const reads = [
      ...[read(root, 1n), read(root + 8, 0n)],
      ...[read(context, 1n), read(context + 8, 0x4002n)],
      read(5 * 8, 0n),
    ];
    const said: Answer = { status: "fault", condition: "LGN.3" };
    const owner = { sourceId: 0x10, ownPasid: undefined, pasid: 0, domain: DOMAIN, type: 0 };
    const tags = { ...owner, hasFirstStage: false, firstStageRoot: 0n };
    const branch = { said, reads, writes: new Map<bigint, bigint>(), tags, beside: [] };
    const request = { address: INPUT, usesIotlb: true, cachesFaults, largestPageSize: 2 ** 30 };
    return cachedReads(branch, said, image, request);
  }

  it("§6.2.4.1, §6.2.5.5: with caching mode its absence may be in the IOTLB and the paging-structure cache", () => {
    const entries = kept(true).filter(({ cache }) => cache !== "context");
    expect(entries).toMatchObject([
      { cache: "second-stage", input: INPUT, shift: 39, reads: [{ address: 40 }] },
      { cache: "iotlb", input: INPUT, shift: 12 },
    ]);
  });

  it("§6.2.4.1: without caching mode only the context entry is kept", () => {
    expect(kept(false).map(({ cache }) => cache)).toEqual(["context"]);
  });
});
