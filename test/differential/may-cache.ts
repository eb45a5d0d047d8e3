/** A word that was read from a translation structure, and what it had become when the request ended. */
export interface ReadWord {
  readonly address: number;
  readonly value: bigint;
  /** It came out of a cache. */
  readonly cached: boolean;
}

/** Structures of §6.2. */
export type CacheName = "context" | "pasid" | "iotlb" | "first-stage" | "second-stage";

/** Who asked, as caches tag what they keep of a request (§6.2, Table 17). */
export interface Tags {
  readonly sourceId: number;
  /** PASID of the request, or undefined without one. */
  readonly ownPasid: number | undefined;
  /** That, or RID_PASID. */
  readonly pasid: number;
  readonly domain: number;
  /** PGTT; 0 in legacy mode. */
  readonly type: number;
  /** The translation has a first stage. */
  readonly hasFirstStage: boolean;
  /** The word of the PASID entry with FSPTPTR. */
  readonly firstStageRoot: bigint;
}

/** What a cache may hold: the words that were read to get at it, in order. */
export interface CachedReads extends Tags {
  readonly cache: CacheName;
  readonly reads: readonly ReadWord[];
  /** Input addresses that it translates: all that agree with `input` above the lowest `shift` bits. */
  readonly input: bigint;
  readonly shift: number;
}

/** Bits of an input address that walks translate; those above repeat bit 56. */
const WALKED = (1n << 57n) - 1n;

/** What an invalidation is asked to remove (§6.5.2). */
export type Invalidation =
  | { readonly type: "context-global" | "pasid-global" | "iotlb-global" | "everything" }
  | { readonly type: "context-domain" | "pasid-domain" | "iotlb-domain"; readonly domain: number }
  | {
      readonly type: "context-device";
      readonly domain: number;
      readonly sourceId: number;
      readonly functionMask: number;
    }
  | {
      readonly type: "pasid-in-domain" | "pasid-iotlb";
      readonly domain: number;
      readonly pasid: number;
    }
  | ({ readonly type: "iotlb-pages"; readonly domain: number } & Pages)
  | ({
      readonly type: "pasid-iotlb-pages";
      readonly domain: number;
      readonly pasid: number;
    } & Pages);

export interface Pages {
  readonly address: bigint;
  /** AM: 2^AM pages. */
  readonly addressMask: number;
  /** IH: paging-structure caches are left alone. */
  readonly leafOnly: boolean;
}

/**
 * Everything that the caches of a unit may hold by chapter 6 of the manual: all that it has read since it
 * was last invalidated. A unit may have dropped any of it.
 */
export class MayCache {
  #entries: CachedReads[] = [];
  readonly #legacy: boolean;

  constructor(legacy: boolean) {
    this.#legacy = legacy;
  }

  add(entry: CachedReads): void {
    if (!this.#entries.some((known) => isSame(known, entry))) this.#entries.push(entry);
  }

  find(cache: CacheName, matches: (entry: CachedReads) => boolean): CachedReads[] {
    return this.#entries.filter((entry) => entry.cache === cache && matches(entry));
  }

  invalidate(invalidation: Invalidation): void {
    this.#entries = this.#entries.filter((entry) => !this.#removes(invalidation, entry));
  }

  /** Table 27, row by row. */
  #removes(by: Invalidation, entry: CachedReads): boolean {
    const { cache } = entry;
    switch (by.type) {
      case "everything":
        return true;
      case "context-global":
        return cache === "context";
      case "context-domain":
        // Context entries of scalable mode have no domain: the request is performed globally.
        return cache === "context" && (!this.#legacy || entry.domain === by.domain);
      case "context-device":
        return cache === "context" && this.#isOfFunction(by, entry);
      case "pasid-global":
        return cache === "pasid";
      case "pasid-domain":
        return cache === "pasid" && entry.domain === by.domain;
      case "pasid-in-domain":
        return cache === "pasid" && entry.domain === by.domain && entry.pasid === by.pasid;
      case "iotlb-global":
        return isOfTranslation(cache);
      case "iotlb-domain":
        return isOfTranslation(cache) && entry.domain === by.domain;
      case "iotlb-pages":
        return entry.domain === by.domain && removesPages(by, entry);
      case "pasid-iotlb":
        return isOfPasid(by, entry);
      case "pasid-iotlb-pages":
        return (
          isOfPasid(by, entry) &&
          entry.hasFirstStage &&
          (cache === "iotlb" || !by.leafOnly) &&
          overlaps(by, entry)
        );
    }
  }

  #isOfFunction(
    by: Extract<Invalidation, { type: "context-device" }>,
    { sourceId, domain }: CachedReads,
  ): boolean {
    const ignored = [0, 4, 6, 7][by.functionMask]!;
    const sameFunction = (sourceId & ~ignored) === (by.sourceId & ~ignored);
    return sameFunction && (!this.#legacy || domain === by.domain);
  }
}

function isSame(one: CachedReads, other: CachedReads): boolean {
  return (
    one.cache === other.cache &&
    one.input === other.input &&
    one.shift === other.shift &&
    one.sourceId === other.sourceId &&
    one.ownPasid === other.ownPasid &&
    one.pasid === other.pasid &&
    one.domain === other.domain &&
    one.type === other.type &&
    one.firstStageRoot === other.firstStageRoot &&
    one.reads[0]!.address === other.reads[0]!.address &&
    one.reads.length === other.reads.length &&
    one.reads.every(({ value }, index) => value === other.reads[index]!.value)
  );
}

function isOfTranslation(cache: CacheName): boolean {
  return cache !== "context" && cache !== "pasid";
}

function removesPages(by: Pages, entry: CachedReads): boolean {
  switch (entry.cache) {
    case "iotlb":
      return entry.hasFirstStage || overlaps(by, entry);
    case "first-stage":
      return true;
    case "second-stage":
      return !by.leafOnly && overlaps(by, entry);
    default:
      return false;
  }
}

function isOfPasid(
  by: { readonly domain: number; readonly pasid: number },
  { cache, domain, pasid }: CachedReads,
): boolean {
  return (
    (cache === "iotlb" || cache === "first-stage") && domain === by.domain && pasid === by.pasid
  );
}

function overlaps({ address, addressMask }: Pages, { input, shift }: CachedReads): boolean {
  const coarser = BigInt(Math.max(shift, 12 + addressMask));
  return (address & WALKED) >> coarser === (input & WALKED) >> coarser;
}
