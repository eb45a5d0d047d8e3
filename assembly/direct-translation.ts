/**
 * Nearly every miss of the IOTLB is of one kind: an untranslated request in scalable mode, with user
 * privilege, of a requester whose context and PASID entry are cached, through a first stage. It takes
 * the steps of translation.ts here, in one function, with what they pass on in locals: as globals it
 * would be stored to memory and loaded again at every step, and a miss took nearly twice the time.
 *
 * Whatever is not of that kind is left to translation.ts, before anything is done or counted, or with
 * the leaf that the walk came to.
 */
import { COUNT_REQUESTS } from "./generated/layout";
import { Counters } from "./counters";
import { FirstStage } from "./first-stage";
import { Iotlb, KIND_FIRST_STAGE, META_KIND_SHIFT, META_SNOOP, META_SUPERVISOR } from "./iotlb";
import { NO_PASID } from "./outbox";
import { PagingCache } from "./paging-cache";
import { PasidEntry } from "./pasid-table";
import { Request, UNTRANSLATED } from "./request";
import { Context } from "./root-context";
import { Translation } from "./translation";

// What `find` answers in place of an IOTLB entry.
/** Nothing is done yet. */
export const NOT_BEGUN: usize = 0;
/** The walk is done: `Translation.goOn` takes its `leaf`. */
export const NOT_GRANTED: usize = 1;

export class DirectTranslation {
  /** What the walk answered that did not end in a grant. */
  static leaf: u64 = 0;

  /** Answers the new entry of the IOTLB, which grants the access, or one of the two above. */
  @inline
  static find(sourceId: u32, pasid: u32, address: u64, access: u32): usize {
    const context = Context.cached(sourceId, 0);
    if (context == 0) return NOT_BEGUN;
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
    if (entry == 0 || !PasidEntry.isPlain(entry)) return NOT_BEGUN;
    if (PasidEntry.typeOf(PasidEntry.cachedWord0(entry)) != KIND_FIRST_STAGE) return NOT_BEGUN;

    DirectTranslation.count();
    const word1 = PasidEntry.cachedWord1(entry);
    const word2 = PasidEntry.cachedWord2(entry);
    const tag = PagingCache.firstStageTag(PasidEntry.domainOf(word1), effectivePasid);
    const leaf = FirstStage.descend(false, address, tag, word1, word2);
    if (leaf != 0 && FirstStage.isAccessed(leaf, word2)) {
      const meta = DirectTranslation.meta(effectivePasid, word1, word2, leaf);
      const physical = FirstStage.addressOf(leaf, address);
      const flags = DirectTranslation.flags(meta, leaf, physical);
      if (Iotlb.grants(flags, access)) {
        const size = <u64>(FirstStage.levelOf(leaf) - 1);
        return Iotlb.insert(sourceId, pasid, address, physical, size, flags, meta);
      }
    }
    Request.begin(UNTRANSLATED, sourceId, pasid, address, access);
    Request.effectivePasid = effectivePasid;
    PasidEntry.use(entry);
    DirectTranslation.leaf = leaf;
    return NOT_GRANTED;
  }

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
  private static meta(pasid: u32, word1: u64, word2: u64, leaf: u64): u64 {
    const meta = Translation.metaOf(pasid, word1, word2) | Translation.metaOfLeaf(leaf);
    const snoop = PasidEntry.snoopsPages(word1) ? META_SNOOP : 0;
    return meta | (KIND_FIRST_STAGE << META_KIND_SHIFT) | snoop;
  }

  @inline
  private static flags(meta: u64, leaf: u64, physical: u64): u64 {
    const user = Translation.firstStageRights(meta, false);
    const admitted = (meta & META_SUPERVISOR) != 0;
    const supervisor: u32 = admitted ? Translation.firstStageRights(meta, true) : 0;
    const overlaps = Translation.overlaps(physical, FirstStage.shiftOf(leaf));
    return Translation.flagsOf(user | (supervisor << 2), FirstStage.isDirty(leaf), overlaps);
  }
}
