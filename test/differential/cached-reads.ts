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

/** Everything that a unit may keep of one request (§6.2), for each cache and each level of a walk. */
export function cachedReads(
  { reads, tags }: Branch<Answer>,
  answer: Answer,
  image: TableImage,
  request: { readonly address: bigint; readonly usesIotlb: boolean },
): CachedReads[] {
  const found: CachedReads[] = [];
  const keep = (cache: CacheName, words: readonly ReadWord[], input = 0n, shift = 64): void => {
    // An entry that was used is in its cache already; a translation may consist of cached entries.
    const known = cache !== "iotlb" && words.at(-1)?.cached === true;
    if (words.length > 0 && !known) found.push({ ...tags, cache, reads: words, input, shift });
  };
  const { condition } = answer;
  if (condition === undefined || !CONTEXT_FAULT.test(condition)) {
    keep("context", of(reads, image, "root table", "context table"));
    if (condition === undefined || !PASID_FAULT.test(condition)) {
      keep("pasid", of(reads, image, "PASID directory", "PASID table"));
    }
  }
  const walk = reads.findIndex(({ address }) => (image.use(address)?.level ?? 0) > 0);
  if (walk >= 0) keepWalks(reads, walk, image, request.address, keep);
  if (request.usesIotlb && isKept(answer)) {
    keep("iotlb", reads, request.address, Math.log2(answer.pageSize ?? 4096));
  }
  return found;
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
  keep: (cache: CacheName, words: readonly ReadWord[], input: bigint, shift: number) => void,
): void {
  let secondStart = start;
  let secondInput = 0n;
  let previousLevel = 0;
  for (let index = start; index < reads.length; index++) {
    const read = reads[index]!;
    const use = image.use(read.address);
    // Memory without tables: nothing there is present.
    if (use === undefined) return;
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
    secondInput |= BigInt((read.address & 0xfff) >> 3) << BigInt(shift);
    if (isTable && !isLast) {
      keep("second-stage", reads.slice(secondStart, index + 1), secondInput, shift);
    }
  }
}

/** Nothing that faults is kept, and no answer to a translation request that no table has decided. */
function isKept(answer: Answer): boolean {
  const special = (answer as Partial<TranslationCompletion>).untranslatedOnly === true;
  return answer.status === "ok" && answer.condition === undefined && !special;
}
