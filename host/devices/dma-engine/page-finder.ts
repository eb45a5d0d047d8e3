import type { EngineContext } from "./context.js";
import { Translation, type Need, type TranslationTag } from "./device-tlb.js";
import type { Work } from "./memory-requests.js";
import type { PageGroup } from "./page-requests.js";
import { manner, queueState, statusCode, type StatusCode } from "./registers.js";

/** Why an access could not be made, and the value for the descriptor's RESULT. */
export interface Failure {
  readonly status: "failed";
  readonly code: StatusCode;
  readonly result: bigint;
}

/** Where a memory request is to go. */
export interface FoundPage {
  readonly address: bigint;
  readonly translated: boolean;
  readonly translation?: Translation;
}

/** How a descriptor's accesses are translated, and who hears about its progress. */
export interface PageUse {
  /** The queue, as owner of page request groups. */
  readonly owner: object;
  readonly tag: TranslationTag;
  readonly useAts: boolean;
  readonly pageRequest: boolean;
  /** Requests can carry Execute Requested. */
  readonly mayExecute: boolean;
  /** Success responses so far for the page in progress. */
  onRetries(retries: number): void;
  onPageRequest(group: PageGroup): void;
}

const PAGE = 4096n;
const PAGE_MASK = ~0xfffn;
const FLOOD_PAGES = 512;

function failed(code: StatusCode, result: bigint): Failure {
  return { status: "failed", code, result };
}

/** Finds the address for a page: device TLB, translation requests, page requests. */
export class PageFinder {
  readonly #context: EngineContext;
  readonly #use: PageUse;

  constructor(context: EngineContext, use: PageUse) {
    this.#context = context;
    this.#use = use;
  }

  /** The caller uses what is found in the same tick, before an invalidation can come between. */
  *find(iova: bigint, need: Need, end: bigint): Work<FoundPage | Failure> {
    const { ats, settings } = this.#context;
    const { useAts } = this.#use;
    for (let retries = 0; ; retries++) {
      this.#use.onRetries(retries);
      if (!useAts || !(ats.active || settings.has(manner.ignoreEnables))) {
        return { address: iova, translated: false };
      }
      if (settings.has(manner.forgeTranslated)) return { address: iova, translated: true };
      const kept = this.#lookup(iova, need);
      if (kept) return this.#found(kept, iova);
      yield queueState.translating;
      const reply = this.#ask(iova, need);
      if ("status" in reply) return reply;
      if (this.#suffices(reply, need)) return this.#found(reply, iova);
      if (!this.#mayRequestPages) return failed(statusCode.noPermission, iova);
      if (settings.retryLimit !== 0 && retries >= settings.retryLimit) {
        return failed(statusCode.retryLimit, iova);
      }
      const refusal = yield* this.#requestPages(iova, need, end);
      if (refusal) return refusal;
      for (let i = 0; i < settings.retryDelay; i++) yield queueState.retryDelay;
    }
  }

  get #mayRequestPages(): boolean {
    const { pri, settings } = this.#context;
    if (!this.#use.pageRequest || !pri.enabled) return false;
    return pri.allocation > 0 || settings.has(manner.flood);
  }

  #lookup(iova: bigint, need: Need): Translation | undefined {
    const kept = this.#context.tlb.lookup(this.#use.tag, iova);
    if (!kept || !this.#suffices(kept, need)) return undefined;
    this.#context.counters.tlbHits += 1;
    return kept;
  }

  #suffices(translation: Translation, need: Need): boolean {
    const { read, write } = translation.completion;
    const careless = this.#context.settings.has(manner.ignorePermission) && (read || write);
    return careless || translation.permits(need);
  }

  #found(translation: Translation, iova: bigint): FoundPage {
    if (translation.completion.untranslatedOnly) {
      return { address: iova, translated: false, translation };
    }
    return { address: translation.translate(iova), translated: true, translation };
  }

  /** One translation request; what gives some permission is kept. */
  #ask(iova: bigint, need: Need): Translation | Failure {
    const { dma, tlb, counters, ats } = this.#context;
    const { pasid, privileged } = this.#use.tag;
    counters.translationRequests += 1;
    const address = iova & PAGE_MASK;
    const { execute, write } = need;
    const reply = dma.requestTranslation({ pasid, address, noWrite: !write, privileged, execute });
    if (reply.status !== "ok") {
      if (reply.completion === "CA") return failed(statusCode.translationCa, iova);
      ats.gaveUp = true;
      return failed(statusCode.translationUr, iova);
    }
    const translation = new Translation(this.#use.tag, address, reply);
    if ((reply.read || reply.write) && tlb.insert(translation)) counters.tlbEvictions += 1;
    return translation;
  }

  *#requestPages(iova: bigint, need: Need, end: bigint): Work<Failure | undefined> {
    const { pri } = this.#context;
    const missing = yield* this.#missingPages(iova, need, end);
    const groups: PageGroup[] = [];
    for (const pages of yield* this.#intoGroups(missing)) {
      groups.push(pri.begin(this.#use.owner, { tag: this.#use.tag, need, pages }));
    }
    if (groups.length === 0) return failed(statusCode.noPermission, iova);
    for (const group of groups) {
      while (!group.sentAll) {
        pri.sendNext(group);
        this.#use.onPageRequest(group);
        yield queueState.requesting;
      }
    }
    while (groups.some((group) => group.outcome === undefined)) yield queueState.waitingResponse;
    const refused = groups.find((group) => group.outcome !== "success");
    if (!refused) return undefined;
    const { pageInvalid, pageFailure } = statusCode;
    const code = refused.outcome === "invalid" ? pageInvalid : pageFailure;
    return failed(code, refused.pages[0] ?? iova);
  }

  /** The page at `iova`, which is known to be missing, and those missing in the window behind. */
  *#missingPages(iova: bigint, need: Need, end: bigint): Work<bigint[]> {
    const { settings } = this.#context;
    const first = iova & PAGE_MASK;
    const window = settings.has(manner.flood) ? FLOOD_PAGES : settings.groupSize;
    const missing = [first];
    for (let i = 1; i < window && first + BigInt(i) * PAGE < end; i++) {
      const page = first + BigInt(i) * PAGE;
      if (this.#lookup(page, need)) continue;
      yield queueState.translating;
      const reply = this.#ask(page, need);
      if ("status" in reply) break;
      if (!this.#suffices(reply, need)) missing.push(page);
    }
    return missing;
  }

  /** One group that fits the credits, once they are free; or, in a flood, as many as it takes. */
  *#intoGroups(missing: readonly bigint[]): Work<bigint[][]> {
    const { pri, settings } = this.#context;
    if (settings.has(manner.flood)) {
      const size = settings.groupSize;
      const count = Math.ceil(missing.length / size);
      return Array.from({ length: count }, (_, i) => missing.slice(i * size, (i + 1) * size));
    }
    while (this.#mayRequestPages) {
      const pages = missing.slice(0, pri.allocation);
      if (pri.freeCredits >= pages.length) return [pages];
      yield queueState.waitingCredits;
    }
    return [];
  }
}
