/** Root and context tables: from a requester to its context entry (§3.4, §9.1 to §9.4). */
import {
  CONTEXT_AW_MASK,
  CONTEXT_AW_SHIFT,
  CONTEXT_DID_SHIFT,
  CONTEXT_FPD_SHIFT,
  CONTEXT_RESERVED_0,
  CONTEXT_RESERVED_1,
  CONTEXT_TT_ALL,
  CONTEXT_TT_MASK,
  CONTEXT_TT_PASS_THROUGH,
  CONTEXT_TT_RESERVED,
  CONTEXT_TT_SHIFT,
  ROOT_RESERVED_0,
  ROOT_RESERVED_1,
  SM_CONTEXT_DTE_IN_PLACE,
  SM_CONTEXT_EPTR_IN_PLACE,
  SM_CONTEXT_FPD_SHIFT,
  SM_CONTEXT_HPTE_IN_PLACE,
  SM_CONTEXT_PASIDE_IN_PLACE,
  SM_CONTEXT_PDTS_MASK,
  SM_CONTEXT_PDTS_SHIFT,
  SM_CONTEXT_PRE_IN_PLACE,
  SM_CONTEXT_RESERVED_0,
  SM_CONTEXT_RESERVED_1,
  SM_CONTEXT_RID_PASID_IN_PLACE,
  SM_CONTEXT_RID_PASID_MASK,
  SM_CONTEXT_RID_PRIV_IN_PLACE,
  SM_ROOT_RESERVED_0,
} from "./generated/structures";
import {
  ECAP_DT,
  ECAP_PASID,
  ECAP_PRS,
  ECAP_PT,
  ECAP_PTRS,
  ECAP_RPRIVS,
  ECAP_RPS,
} from "./generated/registers";
import {
  LCT_1,
  LCT_2,
  LCT_3,
  LCT_4_1,
  LCT_4_2,
  LCT_5,
  LRT_1,
  LRT_2,
  LRT_3,
  SCT_1,
  SCT_10,
  SCT_2,
  SCT_3,
  SCT_4_1,
  SCT_4_2,
  SCT_4_3,
  SCT_5,
  SCT_6,
  SCT_7,
  SCT_8,
  SCT_9,
  SGN_10,
  SRT_1,
  SRT_2,
  SRT_3,
} from "./generated/faults";
import {
  COUNT_CONTEXT_HITS,
  COUNT_CONTEXT_LOOKUPS,
  COUNT_CONTEXT_READS,
  COUNT_ROOT_READS,
} from "./generated/layout";
import { EVENT_CTXT_CACHE_HIT, EVENT_CTXT_CACHE_LOOKUP } from "./generated/performance-events";
import { Cache, CONTEXT_CACHE, VALID } from "./cache";
import { CacheList, LIST_ALL, LIST_DOMAIN } from "./cache-list";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { Explain } from "./explain";
import { Latch } from "./latch";
import { Memory } from "./memory";
import { NO_PASID, Outbox } from "./outbox";
import { PerformanceMonitoring } from "./performance-monitoring";
import { PAGE_REQUEST, Request, TRANSLATED, TRANSLATION, UNTRANSLATED } from "./request";

const PRESENT: u64 = 1;
const ADDRESS: u64 = ~0xfff;

/** Distinguishes the entries of the two modes in the context cache. */
export const LEGACY_ENTRY: u64 = 1 << 16;

const ENTRY_WORD_0 = 16;
const CONTEXT_CACHE_WORD_1 = 24;
/** In word 1 of a cached entry, where it is reserved: the entry faults, with the condition in 31:0. */
const CONTEXT_CACHE_FAULTS: u64 = 1 << 63;
/** Key, key, and the two words that are not wholly reserved. */
export const CONTEXT_CACHE_ENTRY_SIZE: u32 = 32;
export const CONTEXT_CACHE_LISTS: u32 = LIST_DOMAIN + 1;
/** In place of a domain-id. */
const NO_DOMAIN: u32 = 0x1_0000;

/** The context entry that decides about the current request. */
export class Context {
  static word0: u64 = 0;
  static word1: u64 = 0;

  // Scalable-mode fields, some by the word that has them.
  @inline
  static ridPasidOf(word1: u64): u32 {
    // Implementation choice R7: without RPS the field is reserved, and PASID 0 takes its place.
    return Capability.has(ECAP_RPS) ? <u32>(word1 & SM_CONTEXT_RID_PASID_MASK) : 0;
  }
  @inline
  static ridPrivOf(word1: u64): bool {
    return Capability.has(ECAP_RPRIVS) && (word1 & SM_CONTEXT_RID_PRIV_IN_PLACE) != 0;
  }
  static get ridPasid(): u32 {
    return Context.ridPasidOf(Context.word1);
  }
  static get ridPriv(): bool {
    return Context.ridPrivOf(Context.word1);
  }
  /** One more than the greatest PASID that the PASID directory has room for. */
  @inline
  private static pasidLimit(word0: u64): u64 {
    return (<u64>1) << (((word0 >> SM_CONTEXT_PDTS_SHIFT) & SM_CONTEXT_PDTS_MASK) + 13);
  }
  static get pasidDirectory(): u64 {
    return Context.word0 & ADDRESS;
  }

  // Legacy-mode fields.
  static translationTypeOf(word0: u64): u64 {
    return (word0 >> CONTEXT_TT_SHIFT) & CONTEXT_TT_MASK;
  }
  static get translationType(): u64 {
    return Context.translationTypeOf(Context.word0);
  }
  static addressWidthOf(word1: u64): u64 {
    return (word1 >> CONTEXT_AW_SHIFT) & CONTEXT_AW_MASK;
  }
  static get addressWidth(): u64 {
    return Context.addressWidthOf(Context.word1);
  }
  static get domain(): u32 {
    return (<u32>(Context.word1 >> CONTEXT_DID_SHIFT)) & 0xffff;
  }
  static get secondStagePointer(): u64 {
    return Context.word0 & ADDRESS;
  }

  /** Finds the context entry of the requester in legacy mode; a fault condition or 0. */
  static legacy(): u32 {
    const missing = Context.fromCache(LEGACY_ENTRY)
      ? Context.cachedFault
      : Context.keep(LEGACY_ENTRY, Context.readLegacy());
    if (missing != 0) return missing;
    if (Request.kind != UNTRANSLATED && Context.translationType != CONTEXT_TT_ALL) return LCT_5;
    return 0;
  }

  /** Finds the context entry of the requester in scalable mode, and checks it against the request. */
  static scalable(): u32 {
    const found = Context.fromCache(0);
    return Context.checkScalable(found ? Context.cachedFault : Context.readScalable(false));
  }
  /** The same where no event is counted and nothing explained. */
  static scalablePlain(): u32 {
    const found = Context.fromCache(0);
    return Context.checkScalable(found ? Context.cachedFault : Context.readScalable(true));
  }
  private static checkScalable(missing: u32): u32 {
    if (missing == SCT_4_3) return Context.inconsistent();
    return missing != 0 ? missing : Context.checkRequest();
  }

  /** What the cache has for a requester in a mode (0 or LEGACY_ENTRY), or 0; not counted. */
  @inline
  static cached(sourceId: u32, mode: u64): usize {
    const key1 = VALID | mode;
    return Cache.find(CONTEXT_CACHE, sourceId, key1, sourceId, CONTEXT_CACHE_ENTRY_SIZE);
  }
  @inline
  static cachedWord0(entry: usize): u64 {
    return load<u64>(entry, ENTRY_WORD_0);
  }
  @inline
  static cachedWord1(entry: usize): u64 {
    return load<u64>(entry, CONTEXT_CACHE_WORD_1);
  }
  /** Whether an entry has nothing to say of faults: neither FPD nor that it is one. */
  @inline
  static isPlain(word0: u64, word1: u64): bool {
    return ((word0 >> SM_CONTEXT_FPD_SHIFT) & 1) == 0 && (word1 & CONTEXT_CACHE_FAULTS) == 0;
  }

  @inline
  static countLookup(): void {
    Counters.add(COUNT_CONTEXT_LOOKUPS);
    PerformanceMonitoring.count(EVENT_CTXT_CACHE_LOOKUP);
  }
  @inline
  static countHit(): void {
    Counters.add(COUNT_CONTEXT_HITS);
    PerformanceMonitoring.count(EVENT_CTXT_CACHE_HIT);
  }

  @inline
  private static fromCache(mode: u64): bool {
    Context.countLookup();
    const entry = Context.cached(Request.sourceId, mode);
    if (entry == 0) return false;
    Context.countHit();
    Context.word0 = Context.cachedWord0(entry);
    Context.word1 = Context.cachedWord1(entry);
    if (Explain.active) Outbox.cacheHit(COUNT_CONTEXT_HITS, Context.word0, Context.word1, 0);
    // FPD is at the same place in both modes.
    if ((Context.word0 >> SM_CONTEXT_FPD_SHIFT) & 1) Request.faultProcessingDisabled = true;
    return true;
  }

  private static get cachedFault(): u32 {
    return (Context.word1 & CONTEXT_CACHE_FAULTS) != 0 ? <u32>Context.word1 : 0;
  }

  /** Caches what was read: a good entry, and with CM one that faults (choice K5). */
  private static keep(mode: u64, condition: u32): u32 {
    if (condition == 0) {
      Context.toCache(mode);
    } else if (Capability.cachesFaults && !Context.isUnread(condition)) {
      Context.word1 = CONTEXT_CACHE_FAULTS | condition;
      Context.toCache(mode);
    }
    return condition;
  }

  /** Memory did not answer, so that there is no entry to cache. */
  private static isUnread(condition: u32): bool {
    return condition == LRT_1 || condition == LCT_1 || condition == SRT_1 || condition == SCT_1;
  }

  private static toCache(mode: u64): void {
    const sourceId = Request.sourceId;
    const key1 = VALID | mode;
    const size = CONTEXT_CACHE_ENTRY_SIZE;
    const entry = Cache.room(CONTEXT_CACHE, sourceId, size);
    Context.enlist(entry, Context.listTag(key1, Context.word1));
    Cache.setKeys(entry, sourceId, key1);
    store<u64>(entry, Context.word0, ENTRY_WORD_0);
    store<u64>(entry, Context.word1, CONTEXT_CACHE_WORD_1);
  }

  /** Into the list of what will be there, and out of that of what was if it is another. */
  private static enlist(entry: usize, tag: u32): void {
    const size = CONTEXT_CACHE_ENTRY_SIZE;
    if (Cache.isValid(entry)) {
      if (Context.listTag(Cache.key1(entry), Context.cachedWord1(entry)) == tag) return;
      CacheList.unlink(CONTEXT_CACHE, entry, LIST_DOMAIN);
    } else {
      Cache.enlist(CONTEXT_CACHE, entry, LIST_ALL, 0, size);
    }
    Cache.enlist(CONTEXT_CACHE, entry, LIST_DOMAIN, tag, size);
  }

  /** The domain of an entry of legacy mode, 0 of one that faults; in scalable mode there is none. */
  private static listTag(key1: u64, word1: u64): u32 {
    if ((key1 & LEGACY_ENTRY) == 0) return NO_DOMAIN;
    const faults = (word1 & CONTEXT_CACHE_FAULTS) != 0;
    return faults ? 0 : (<u32>(word1 >> CONTEXT_DID_SHIFT)) & 0xffff;
  }

  /** §6.5.2.1: drops entries of legacy mode by their domain, and all of scalable mode. */
  static invalidateDomain(domain: u32): void {
    Context.dropList(domain);
    Context.dropList(NO_DOMAIN);
  }

  private static dropList(tag: u32): void {
    for (
      let link = Cache.list(CONTEXT_CACHE, LIST_DOMAIN, tag, CONTEXT_CACHE_ENTRY_SIZE);
      link != 0;
    ) {
      const entry = CacheList.entryOf(CONTEXT_CACHE, link, LIST_DOMAIN);
      link = CacheList.next(link);
      const found = Context.listTag(Cache.key1(entry), Context.cachedWord1(entry));
      if (found == tag) Cache.drop(CONTEXT_CACHE, entry);
    }
  }

  /**
   * Drops the entries of a requester. The domain counts for entries of legacy mode that fault, which
   * are tagged with 0 (choice K5).
   */
  static invalidateRequester(sourceId: u32, domain: u32): void {
    const scalable = Context.cached(sourceId, 0);
    if (scalable != 0) Cache.drop(CONTEXT_CACHE, scalable);
    const legacy = Context.cached(sourceId, LEGACY_ENTRY);
    if (legacy == 0) return;
    const faults = (Context.cachedWord1(legacy) & CONTEXT_CACHE_FAULTS) != 0;
    if (domain == 0 || !faults) Cache.drop(CONTEXT_CACHE, legacy);
  }

  private static readLegacy(): u32 {
    Context.word0 = 0;
    const rootAddress = Latch.rootTable + ((Request.sourceId >> 8) << 4);
    const root = Memory.fetch(rootAddress, COUNT_ROOT_READS);
    if (Memory.failed) return LRT_1;
    const rootUpper = Memory.fetchNext(rootAddress + 8, COUNT_ROOT_READS);
    if (Memory.failed) return LRT_1;
    if ((root & PRESENT) == 0) return LRT_2;
    if ((root & (ROOT_RESERVED_0 | Capability.aboveHost)) != 0) return LRT_3;
    if ((rootUpper & ROOT_RESERVED_1) != 0) return LRT_3;

    const address = (root & ADDRESS) + ((Request.sourceId & 0xff) << 4);
    const word0 = Memory.fetch(address, COUNT_CONTEXT_READS);
    if (Memory.failed) return LCT_1;
    const word1 = Memory.fetchNext(address + 8, COUNT_CONTEXT_READS);
    if (Memory.failed) return LCT_1;
    Context.word0 = word0;
    Context.word1 = word1;
    if ((word0 >> CONTEXT_FPD_SHIFT) & 1) Request.faultProcessingDisabled = true;
    if ((word0 & PRESENT) == 0) return LCT_2;
    return Context.checkLegacyEntry();
  }

  private static checkLegacyEntry(): u32 {
    const type = Context.translationType;
    const passThrough = type == CONTEXT_TT_PASS_THROUGH;
    const domainReserved = Capability.aboveDomain << CONTEXT_DID_SHIFT;
    if ((Context.word0 & CONTEXT_RESERVED_0) != 0) return LCT_3;
    if (!passThrough && (Context.word0 & Capability.aboveHost) != 0) return LCT_3;
    if ((Context.word1 & (CONTEXT_RESERVED_1 | domainReserved)) != 0) return LCT_3;

    const width = Context.addressWidth;
    const supported = Capability.supportedWidths;
    if (width < 1 || width > 3 || (supported & (1 << width)) == 0) return LCT_4_1;
    if (type == CONTEXT_TT_RESERVED) return LCT_4_2;
    if (type == CONTEXT_TT_ALL && !Capability.has(ECAP_DT)) return LCT_4_2;
    if (passThrough && !Capability.has(ECAP_PT)) return LCT_4_2;
    return 0;
  }

  @inline
  private static readScalable(plain: bool): u32 {
    return Context.keep(0, Context.readScalableEntry(plain));
  }

  @inline
  private static readScalableEntry(plain: bool): u32 {
    Context.word0 = 0;
    const device = Request.sourceId & 0xff;
    const rootAddress = Latch.rootTable + ((Request.sourceId >> 8) << 4);
    const lower = Memory.fetch(rootAddress, COUNT_ROOT_READS, plain);
    if (Memory.hasFailed(lower)) return SRT_1;
    const upper = Memory.fetchNext(rootAddress + 8, COUNT_ROOT_READS, plain);
    if (Memory.hasFailed(upper)) return SRT_1;
    // Each half stands for its devices alone, and is checked for them alone.
    const root = device < 128 ? lower : upper;
    if ((root & PRESENT) == 0) return SRT_2;
    if ((root & (SM_ROOT_RESERVED_0 | Capability.aboveHost)) != 0) return SRT_3;

    const address = (root & ADDRESS) + ((device & 0x7f) << 5);
    const word0 = Memory.fetch(address, COUNT_CONTEXT_READS, plain);
    if (Memory.hasFailed(word0)) return SCT_1;
    const word1 = Memory.fetchNext(address + 8, COUNT_CONTEXT_READS, plain);
    if (Memory.hasFailed(word1)) return SCT_1;
    const word2 = Memory.fetchNext(address + 16, COUNT_CONTEXT_READS, plain);
    if (Memory.hasFailed(word2)) return SCT_1;
    const word3 = Memory.fetchNext(address + 24, COUNT_CONTEXT_READS, plain);
    if (Memory.hasFailed(word3)) return SCT_1;
    Context.word0 = word0;
    Context.word1 = word1;
    if ((word0 >> SM_CONTEXT_FPD_SHIFT) & 1) Request.faultProcessingDisabled = true;
    return Context.checkScalableEntry(word0, word1, word2 | word3);
  }

  private static checkScalableEntry(word0: u64, word1: u64, others: u64): u32 {
    if ((word0 & PRESENT) == 0) return SCT_2;
    if ((word0 & (Context.reserved0() | Capability.aboveHost)) != 0) return SCT_3;
    if ((word1 & Context.reserved1()) != 0 || others != 0) return SCT_3;
    if ((word0 & SM_CONTEXT_PRE_IN_PLACE) != 0 && (word0 & SM_CONTEXT_DTE_IN_PLACE) == 0) {
      return SCT_4_1;
    }
    if (<u64>Context.ridPasid >= Context.pasidLimit(word0)) return SCT_4_2;
    const passes = (word0 & SM_CONTEXT_EPTR_IN_PLACE) != 0;
    return passes && (word0 & SM_CONTEXT_PASIDE_IN_PLACE) == 0 ? SCT_4_3 : 0;
  }

  /** EPTR without PASIDE; Table 30 leaves requests that PASIDE itself refuses to SCT.5 and SCT.6. */
  private static inconsistent(): u32 {
    const kind = Request.kind;
    const refused = Request.hasPasid && (kind == UNTRANSLATED || kind == TRANSLATION);
    return refused ? Context.checkRequest() : SCT_4_3;
  }

  /** Fields of capabilities that the unit lacks are reserved; HPTE always is. */
  private static reserved0(): u64 {
    let reserved = SM_CONTEXT_RESERVED_0 | SM_CONTEXT_HPTE_IN_PLACE;
    if (!Capability.has(ECAP_DT)) reserved |= SM_CONTEXT_DTE_IN_PLACE;
    if (!Capability.has(ECAP_PASID)) reserved |= SM_CONTEXT_PASIDE_IN_PLACE;
    if (!Capability.has(ECAP_PRS)) reserved |= SM_CONTEXT_PRE_IN_PLACE;
    if (!Capability.has(ECAP_PTRS)) reserved |= SM_CONTEXT_EPTR_IN_PLACE;
    return reserved;
  }

  private static reserved1(): u64 {
    let reserved = SM_CONTEXT_RESERVED_1;
    if (!Capability.has(ECAP_RPS)) reserved |= SM_CONTEXT_RID_PASID_IN_PLACE;
    if (!Capability.has(ECAP_RPRIVS)) reserved |= SM_CONTEXT_RID_PRIV_IN_PLACE;
    return reserved;
  }

  private static checkRequest(): u32 {
    return Context.check(Request.kind, Request.pasid, Context.word0, Context.word1);
  }

  /** SCT.5 to SCT.10 and SGN.10: may this request use this context entry? */
  @inline
  static check(kind: u32, pasid: u32, word0: u64, word1: u64): u32 {
    const usesAts = kind == TRANSLATION || kind == TRANSLATED;
    if (usesAts && (word0 & SM_CONTEXT_DTE_IN_PLACE) == 0) return SCT_5;
    const pageRequest = kind == PAGE_REQUEST;
    const mayAsk = (word0 & SM_CONTEXT_PRE_IN_PLACE) != 0;
    if (pasid == NO_PASID) return pageRequest && !mayAsk ? SCT_8 : 0;

    const translated = kind == TRANSLATED;
    if (!translated && (word0 & SM_CONTEXT_PASIDE_IN_PLACE) == 0) return SCT_6;
    if (<u64>pasid >= Context.pasidLimit(word0)) return SCT_7;
    if (pageRequest && !mayAsk) return SCT_8;
    if (pasid == Context.ridPasidOf(word1)) return SCT_9;
    if (translated && (word0 & SM_CONTEXT_EPTR_IN_PLACE) == 0) return SCT_10;
    if (!pageRequest && (<u64>pasid) >> Capability.pasidBits != 0) return SGN_10;
    return 0;
  }
}
