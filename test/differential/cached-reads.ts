import type { TranslationCompletion } from "../../host/spec/requests.js";
import type { Branch } from "./explorer.js";
import type { CachedReads, CacheName, ReadWord } from "./may-cache.js";
import type { TableImage } from "./table-image.js";

/** What an answer says about what may be cached. */
export interface Answer {
  readonly status: string;
  readonly condition?: string;
  readonly pageSize?: number;
}

/** Faults of the entries themselves: nothing of them is cached while CM is 0 (§6.1). */
const CONTEXT_FAULT = /^(RTA|LRT|SRT|LCT\.[1-4]|SCT\.[1-4])(\.|$)/;
const PASID_FAULT = /^(SPD|SPT\.[1-4])(\.|$)/;
/** Faults that caching mode lets an IOTLB keep, when no first stage is at them (§6.2.4.1). */
const TRANSLATION_FAULT = /^(LSS\.2|LGN\.[234]|SSS\.[23]|SGN\.[678])(\.|$)/;

/** How a request is processed. */
export interface Circumstances {
  readonly address: bigint;
  readonly usesIotlb: boolean;
  /** CAP.CM: faults are cached as well. */
  readonly cachesFaults: boolean;
  /** In bytes; pass-through mappings are of that size. */
  readonly largestPageSize: number;
}

/** PGTT of pass-through. */
const PASS_THROUGH = 4;

/** Everything that a unit may keep of one request (§6.2), for each cache and each level of a walk. */
export function cachedReads(
  { reads, tags, beside }: Branch<Answer>,
  answer: Answer,
  image: TableImage,
  request: Circumstances,
): CachedReads[] {
  const found: CachedReads[] = [...beside];
  const keep = (cache: CacheName, words: readonly ReadWord[], input = 0n, shift = 64): void => {
    // An entry that was used is in its cache already; a translation may consist of cached entries.
    const known = cache !== "iotlb" && words.at(-1)?.cached === true;
    if (words.length > 0 && !known) found.push({ ...tags, cache, reads: words, input, shift });
  };
  const { condition = "" } = answer;
  const context = of(reads, image, "root table", "context table");
  const pasid = of(reads, image, "PASID directory", "PASID table");
  const isPasidFault = PASID_FAULT.test(condition);
  if (isPasidFault || CONTEXT_FAULT.test(condition)) {
    if (isPasidFault) keep("context", context);
    // §6.2.2.1, §6.2.3.1: with caching mode what faults is kept too, tagged with domain 0.
    const words = isPasidFault ? reads.slice(context.length) : context;
    if (request.cachesFaults && words.length > 0) {
      const cache = isPasidFault ? "pasid" : "context";
      found.push({ ...tags, domain: 0, cache, reads: words, input: 0n, shift: 64 });
    }
    return found;
  }
  keep("context", context);
  keep("pasid", pasid);
  const walk = context.length + pasid.length;
  const faults = request.cachesFaults && TRANSLATION_FAULT.test(condition);
  if (walk < reads.length) keepWalks(reads, walk, image, request.address, faults, keep);
  if (request.usesIotlb && isKept(answer)) {
    keep("iotlb", reads, request.address, Math.log2(answer.pageSize ?? 4096));
  }
  const last = image.use(reads.at(-1)?.address ?? 0);
  const passes = tags.type === PASS_THROUGH;
  if (request.usesIotlb && faults && last?.name.startsWith("first") !== true) {
    // As a page of 4 KiB, or as the translation with the rights that it has.
    const shifts = passes ? [Math.log2(request.largestPageSize)] : [12, leafShift(reads, image)];
    for (const shift of new Set(shifts)) keep("iotlb", reads, request.address, shift);
  }
  return found;
}

/** Log2 of the page that the last entries of both stages map together; 12 where there is no table. */
function leafShift(reads: readonly ReadWord[], image: TableImage): number {
  const shiftOf = (stage: string): number => {
    const last = reads.findLast(({ address }) => image.use(address)?.name.startsWith(stage));
    return last === undefined ? 64 : 3 + 9 * image.use(last.address)!.level;
  };
  const shift = Math.min(shiftOf("first"), shiftOf("second"));
  return shift === 64 ? 12 : shift;
}

function of(reads: readonly ReadWord[], image: TableImage, ...names: string[]): ReadWord[] {
  return reads.filter(({ address }) => names.includes(image.use(address)?.name ?? ""));
}

/** Entries that point to tables; that another word was read after one shows that it is good. */
function keepWalks(
  reads: readonly ReadWord[],
  start: number,
  image: TableImage,
  address: bigint,
  faults: boolean,
  keep: (cache: CacheName, words: readonly ReadWord[], input: bigint, shift: number) => void,
): void {
  let secondStart = start;
  let secondInput = 0n;
  let previousLevel = 0;
  for (let index = start; index < reads.length; index++) {
    const read = reads[index]!;
    const use = image.use(read.address);
    if (use === undefined) {
      // Memory without tables: its top-level entry is not present.
      const shift = topShift(reads, image);
      if (faults) keep("second-stage", [read], indexOf(read) << BigInt(shift), shift);
      return;
    }
    const { name, level } = use;
    const shift = 12 + 9 * (level - 1);
    const isTable = level > 3 || (level > 1 && (read.value & 0x80n) === 0n);
    const isLast = index === reads.length - 1;
    if (name.startsWith("first")) {
      previousLevel = 0;
      if (isTable && !isLast) keep("first-stage", reads.slice(start, index + 1), address, shift);
      continue;
    }
    if (level >= previousLevel) {
      secondStart = index;
      secondInput = 0n;
    }
    previousLevel = isTable ? level : 0;
    secondInput |= indexOf(read) << BigInt(shift);
    if (isLast ? faults && level > 1 : isTable) {
      keep("second-stage", reads.slice(secondStart, index + 1), secondInput, shift);
    }
  }
}

/** Log2 of what a top-level entry maps by AW of a legacy context entry; others do not lose their tables. */
function topShift(reads: readonly ReadWord[], image: TableImage): number {
  const word = of(reads, image, "context table").at(-1)?.value ?? 0n;
  return 21 + 9 * Number(word & 7n);
}

/** Which entry of its table a word is. */
function indexOf({ address }: ReadWord): bigint {
  return BigInt((address & 0xfff) >> 3);
}

/** Nothing that faults is kept, and no answer to a translation request that no table has decided. */
function isKept(answer: Answer): boolean {
  const special = (answer as Partial<TranslationCompletion>).untranslatedOnly === true;
  return answer.status === "ok" && answer.condition === undefined && !special;
}
