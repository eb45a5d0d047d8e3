/**
 * Nearly every miss of the IOTLB is of one kind: an untranslated request in scalable mode, with user
 * privilege through a first stage, a second stage, or both. It takes the steps of translation.ts here,
 * in few functions, with what they pass on in locals: as globals it would be stored to memory and
 * loaded again at every step, and a miss took nearly twice the time.
 *
 * Whatever is not of that kind is left to translation.ts, before anything is done or counted, or with
 * what the walks came to.
 */
import { COUNT_REQUESTS } from "./generated/layout";
import { Counters } from "./counters";
import { FirstStage, READ_WRITE, USER } from "./first-stage";
import {
  Iotlb,
  KIND_FIRST_STAGE,
  KIND_NESTED,
  KIND_SECOND_STAGE,
  META_KIND_SHIFT,
  META_SNOOP,
} from "./iotlb";
import { NO_PASID } from "./outbox";
import { PageRights } from "./page-rights";
import { levelShift, PagingCache } from "./paging-cache";
import { PasidEntry } from "./pasid-table";
import { ACCESS_READ, ACCESS_TYPE, Request, UNTRANSLATED } from "./request";
import { Context } from "./root-context";
import { SecondStage } from "./second-stage";
import { Translation } from "./translation";

// What `find` answers in place of an IOTLB entry.
/** Nothing is done yet. */
export const NOT_BEGUN: usize = 0;
/** The first stage is walked: `goOn` takes it from its leaf. */
const LEAF_NOT_GRANTED: usize = 1;
/** The second stage is walked for the page: `goOn` takes it from there. */
const PAGE_NOT_GRANTED: usize = 2;
/** Context and PASID entry are read, and are of another kind or faulty: `goOn` takes it from them. */
const NO_WALK: usize = 3;
export const LAST_ANSWER: usize = NO_WALK;

export class DirectTranslation {
  // What the walks answered that did not end in a grant.
  private static leaf: u64 = 0;
  private static page: u64 = 0;
  /** What is wrong with the context or PASID entry, or 0. */
  private static missing: u32 = 0;

  /** Answers the new entry of the IOTLB, which grants the access, or one of the above. */
  @inline
  static find(sourceId: u32, pasid: u32, address: u64, access: u32): usize {
    const context = Context.cached(sourceId, 0);
    if (context == 0) return DirectTranslation.fromTables(sourceId, pasid, address, access);
    const contextWord0 = Context.cachedWord0(context);
    const contextWord1 = Context.cachedWord1(context);
    if (!Context.isPlain(contextWord0, contextWord1)) return NOT_BEGUN;
    if (Context.check(UNTRANSLATED, pasid, contextWord0, contextWord1) != 0) return NOT_BEGUN;
    let effectivePasid = pasid;
    if (pasid == NO_PASID) {
      if (Context.ridPrivOf(contextWord1)) return NOT_BEGUN;
      effectivePasid = Context.ridPasidOf(contextWord1);
    }
    const entry = PasidEntry.cached(sourceId, effectivePasid);
    if (entry == 0) return DirectTranslation.fromTables(sourceId, pasid, address, access);
    if (!PasidEntry.isPlain(entry)) return NOT_BEGUN;
    const kind = PasidEntry.typeOf(PasidEntry.cachedWord0(entry));
    if (kind == KIND_FIRST_STAGE) {
      DirectTranslation.count();
      const word1 = PasidEntry.cachedWord1(entry);
      const word2 = PasidEntry.cachedWord2(entry);
      const found = DirectTranslation.firstStage(
        sourceId,
        pasid,
        effectivePasid,
        address,
        access,
        word1,
        word2,
      );
      if (found == LEAF_NOT_GRANTED) {
        DirectTranslation.begin(entry, sourceId, pasid, effectivePasid, address, access);
      }
      return found;
    }
    if (kind > KIND_NESTED) return NOT_BEGUN;
    DirectTranslation.begin(entry, sourceId, pasid, effectivePasid, address, access);
    if (!DirectTranslation.isForSecondStage(kind, address)) return NOT_BEGUN;
    DirectTranslation.count();
    return kind == KIND_NESTED
      ? DirectTranslation.nested(sourceId, pasid, effectivePasid, address, access)
      : DirectTranslation.secondStage(sourceId, pasid, effectivePasid, address, access);
  }

  /** The same for a requester or PASID that is not cached. */
  private static fromTables(sourceId: u32, pasid: u32, address: u64, access: u32): usize {
    Request.begin(UNTRANSLATED, sourceId, pasid, address, access);
    Counters.add(COUNT_REQUESTS);
    Iotlb.countMiss();
    let missing = Context.scalablePlain();
    if (missing == 0) missing = PasidEntry.findPlain();
    DirectTranslation.missing = missing;
    if (missing != 0 || Request.privileged || Request.faultProcessingDisabled) return NO_WALK;
    const effectivePasid = Request.effectivePasid;
    const kind = PasidEntry.type;
    if (kind == KIND_FIRST_STAGE) {
      const word1 = PasidEntry.word1;
      const word2 = PasidEntry.word2;
      return DirectTranslation.firstStage(
        sourceId,
        pasid,
        effectivePasid,
        address,
        access,
        word1,
        word2,
      );
    }
    if (kind > KIND_NESTED || !DirectTranslation.isForSecondStage(kind, address)) return NO_WALK;
    return kind == KIND_NESTED
      ? DirectTranslation.nested(sourceId, pasid, effectivePasid, address, access)
      : DirectTranslation.secondStage(sourceId, pasid, effectivePasid, address, access);
  }

  /** Prepares the second stage of the current PASID entry; false if the walk would not be plain. */
  private static isForSecondStage(kind: u64, address: u64): bool {
    SecondStage.usePasidEntry();
    if (!SecondStage.isPlain) return false;
    return kind == KIND_NESTED || !SecondStage.isTooWide(address);
  }

  /** Lets translation.ts go on after an answer that is not NOT_BEGUN; a fault condition or 0. */
  static goOn(found: usize): u32 {
    if (found == NO_WALK) {
      const missing = DirectTranslation.missing;
      return missing != 0 ? missing : Translation.goOnFromEntries();
    }
    const atPage = found == PAGE_NOT_GRANTED;
    return Translation.goOn(DirectTranslation.leaf, DirectTranslation.page, atPage);
  }

  /** Makes the request, and its PASID entry, the current one of the general path. */
  @inline
  private static begin(
    entry: usize,
    sourceId: u32,
    pasid: u32,
    effectivePasid: u32,
    address: u64,
    access: u32,
  ): void {
    Request.begin(UNTRANSLATED, sourceId, pasid, address, access);
    Request.effectivePasid = effectivePasid;
    PasidEntry.use(entry);
  }

  @inline
  private static firstStage(
    sourceId: u32,
    pasid: u32,
    effectivePasid: u32,
    address: u64,
    access: u32,
    word1: u64,
    word2: u64,
  ): usize {
    const tag = PagingCache.firstStageTag(PasidEntry.domainOf(word1), effectivePasid);
    const leaf = FirstStage.descend(false, true, address, tag, word1, word2);
    if (leaf != 0 && FirstStage.isAccessed(leaf, word2)) {
      let meta = DirectTranslation.meta(KIND_FIRST_STAGE, effectivePasid, word1, word2);
      meta |= PageRights.metaOfLeaf(leaf);
      const physical = FirstStage.addressOf(leaf, address);
      const shift = FirstStage.shiftOf(leaf);
      const dirty = FirstStage.isDirty(leaf);
      const flags = DirectTranslation.flags(meta, KIND_FIRST_STAGE, dirty, physical, shift);
      if (Iotlb.grants(flags, access)) {
        const size = <u64>(FirstStage.levelOf(leaf) - 1);
        return Iotlb.insert(sourceId, pasid, address, physical, size, flags, meta, true);
      }
    }
    DirectTranslation.leaf = leaf;
    return LEAF_NOT_GRANTED;
  }

  private static secondStage(
    sourceId: u32,
    pasid: u32,
    effectivePasid: u32,
    address: u64,
    access: u32,
  ): usize {
    const page = SecondStage.walkPlain(address);
    if (page != 0 && SecondStage.isAccessed) {
      const word1 = PasidEntry.word1;
      let meta = DirectTranslation.meta(KIND_SECOND_STAGE, effectivePasid, word1, PasidEntry.word2);
      meta |= DirectTranslation.metaOfPage(page);
      const physical = SecondStage.addressOf(page, address);
      const shift = SecondStage.shiftOf(page);
      const dirty = SecondStage.isDirty;
      const flags = DirectTranslation.flags(meta, KIND_SECOND_STAGE, dirty, physical, shift);
      if (Iotlb.grants(flags, access)) {
        const size = <u64>(SecondStage.levelOf(page) - 1);
        return Iotlb.insert(sourceId, pasid, address, physical, size, flags, meta, true);
      }
    }
    DirectTranslation.page = page;
    return PAGE_NOT_GRANTED;
  }

  private static nested(
    sourceId: u32,
    pasid: u32,
    effectivePasid: u32,
    address: u64,
    access: u32,
  ): usize {
    const word1 = PasidEntry.word1;
    const word2 = PasidEntry.word2;
    const tag = PagingCache.firstStageTag(PasidEntry.domainOf(word1), effectivePasid);
    const leaf = FirstStage.descend(true, true, address, tag, word1, word2);
    DirectTranslation.leaf = leaf;
    // First-stage rights decide before the final page is looked up (choice W3).
    const needed = (access & ACCESS_TYPE) == ACCESS_READ ? USER : USER | READ_WRITE;
    if ((leaf & needed) != needed) return LEAF_NOT_GRANTED;
    const guestAddress = FirstStage.addressOf(leaf, address);
    const page = SecondStage.walkPlain(guestAddress);
    if (page != 0 && FirstStage.isAccessed(leaf, word2) && SecondStage.isAccessed) {
      let meta = DirectTranslation.meta(KIND_NESTED, effectivePasid, word1, word2);
      meta |= PageRights.metaOfLeaf(leaf) | DirectTranslation.metaOfPage(page);
      const physical = SecondStage.addressOf(page, guestAddress);
      const level = min(FirstStage.levelOf(leaf), SecondStage.levelOf(page));
      const dirty = FirstStage.isDirty(leaf) && SecondStage.isDirty;
      const shift = levelShift(level);
      const flags = DirectTranslation.flags(meta, KIND_NESTED, dirty, physical, shift);
      if (Iotlb.grants(flags, access)) {
        const size = <u64>(level - 1);
        return Iotlb.insert(sourceId, pasid, address, physical, size, flags, meta, true);
      }
    }
    DirectTranslation.page = page;
    return PAGE_NOT_GRANTED;
  }

  /** A request that neither context nor PASID entry had to be read for. */
  @inline
  private static count(): void {
    Counters.add(COUNT_REQUESTS);
    Iotlb.countMiss();
    Context.countLookup();
    Context.countHit();
    PasidEntry.countLookup();
    PasidEntry.countHit();
  }

  @inline
  private static meta(kind: u64, pasid: u32, word1: u64, word2: u64): u64 {
    const meta = PageRights.metaOf(pasid, word1, word2);
    const snoop = PasidEntry.snoopsPages(word1) ? META_SNOOP : 0;
    return meta | (kind << META_KIND_SHIFT) | snoop;
  }
  @inline
  private static metaOfPage(page: u64): u64 {
    const meta = PageRights.metaOfPage(page);
    return SecondStage.isSnooped(page) ? meta | META_SNOOP : meta;
  }

  @inline
  private static flags(meta: u64, kind: u64, dirty: bool, physical: u64, shift: u64): u64 {
    const user = PageRights.rightsOf(meta, kind, false);
    const supervisor = PageRights.rightsOf(meta, kind, true);
    const overlaps = PageRights.overlaps(physical, shift);
    return PageRights.flagsOf(user | (supervisor << 2), dirty, overlaps);
  }
}
