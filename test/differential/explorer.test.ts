import { describe, expect, it } from "vitest";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { Explorer } from "./explorer.js";
import { MayCache } from "./may-cache.js";
import { MEMORY_SIZE, TableImage } from "./table-image.js";

const SOURCE = 0x10;
const NEW_DOMAIN = 0x22;
const OLD_DOMAIN = 0x11;

/** Context words of a legacy entry with this domain, or of one of scalable mode with this RID_PASID. */
const contextWords = (legacy: boolean, id: number): bigint[] =>
  legacy ? [5n, BigInt(id) << 8n] : [5n, BigInt(id), 0n, 0n];

/** A request that reads a root and a context entry; the IOTLB has an older context entry's translation. */
function branchesOf(legacy: boolean) {
  const image = new TableImage();
  const [root, context] = [image.frame("root table"), image.frame("context table")];
  const memory = GuestMemory.create({ size: MEMORY_SIZE });
  const old = contextWords(legacy, OLD_DOMAIN);
  const places = [root, root + 8, ...old.map((_, index) => context + 8 * index)];
  const lay = (words: readonly bigint[]) =>
    words.forEach((word, index) => memory.write64(BigInt(places[index]!), word));
  lay([1n, 1n, ...contextWords(legacy, NEW_DOMAIN)]);
  const reads = places.map((address, index) => {
    return { address, value: [1n, 1n, ...old][index]!, cached: false };
  });
  const cache = new MayCache(legacy);
  cache.add({
    cache: "iotlb",
    reads,
    input: 0n,
    shift: 30,
    sourceId: SOURCE,
    ownPasid: undefined,
    pasid: 0,
    domain: OLD_DOMAIN,
    type: legacy ? 0 : 4,
    hasFirstStage: false,
    firstStageRoot: 0n,
  });
  const asker = { sourceId: SOURCE, pasid: undefined, address: 0n, usesIotlb: true };
  const explorer = new Explorer({ memory, image, cache, legacy, ridPasid: true }, asker);
  const ask = () => places.map((address) => explorer.read64(BigInt(address)));
  return { places, branches: [...explorer.branches(ask)] };
}

describe("a context entry that changes while the IOTLB has a translation of before", () => {
  it.each([
    ["legacy mode", true],
    ["scalable mode", false],
  ])(
    "§6.2.2: may be cached as it is now by a request that looks at its first word: %s",
    (_, legacy) => {
      const { places, branches } = branchesOf(legacy);
      const now = [1n, 1n, ...contextWords(legacy, NEW_DOMAIN)];
      const before = [1n, 1n, ...contextWords(legacy, OLD_DOMAIN)];
      expect(branches.map(({ said }) => said)).toEqual([now, before, before]);

      const looked = branches.filter(({ beside }) => beside.length > 0);
      expect(looked).toHaveLength(1);
      expect(looked[0]!.reads.map(({ cached }) => cached).slice(0, 4)).toEqual([
        false,
        false,
        false,
        true,
      ]);
      const entry = looked[0]!.beside[0]!;
      expect(entry.cache).toBe("context");
      expect(entry.reads.map(({ address }) => address)).toEqual(places);
      expect(entry.reads.map(({ value }) => value)).toEqual(now);
      if (legacy) expect(entry.domain, "its own DID").toBe(NEW_DOMAIN);
    },
  );
});
