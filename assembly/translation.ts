/**
 * Address translation (§3.4 to §3.9): the IOTLB first, then root, context, PASID entry and the walk
 * that the PASID entry asks for.
 */
import {
  LGN_1_1,
  LGN_1_3,
  LGN_2,
  LGN_3,
  LGN_4,
  LSS_2,
  RTA_1_4,
  RTA_2,
  RTA_5,
  SGN_2,
  SGN_4_2,
  SGN_5,
  SGN_6,
  SGN_7,
  SGN_8_1,
  SGN_8_2,
  SPT_6,
  SSS_2,
  SSS_3,
} from "./generated/faults";
import { CONTEXT_TT_PASS_THROUGH } from "./generated/structures";
import { Capability } from "./capability";
import { FirstStage } from "./first-stage";
import { Explain } from "./explain";
import {
  Iotlb,
  KIND_FIRST_STAGE,
  KIND_LEGACY,
  KIND_LEGACY_PASS_THROUGH,
  KIND_NESTED,
  KIND_PASS_THROUGH,
  KIND_SECOND_STAGE,
  META_FAULTS,
  META_FIRST_STAGE_WRITE,
  META_FPD,
  META_KIND_SHIFT,
  META_PRIVILEGED,
  META_SECOND_STAGE_READ,
  META_SECOND_STAGE_WRITE,
  META_SNOOP,
  META_SUPERVISOR,
  META_USER,
} from "./iotlb";
import { COUNT_IOTLB_HITS } from "./generated/layout";
import { Latch, MODE_BLOCKED, MODE_LEGACY } from "./latch";
import { MOST_EXCHANGES } from "./memory";
import { Outbox } from "./outbox";
import { INTERRUPT_RANGE, PageRights, RIGHT_READ, RIGHT_WRITE } from "./page-rights";
import { PasidEntry } from "./pasid-table";
import { Request, TRANSLATION, UNTRANSLATED } from "./request";
import { Context } from "./root-context";
import { SecondStage, WALK_AGAIN } from "./second-stage";

/** What `Translation.find` and the requests answer besides a fault condition. */
export class Translation {
  /** Output address of the request. */
  static physical: u64 = 0;
  static pageShift: u64 = 12;
  /** READ and WRITE as the requester has them, with the privilege of this request. */
  static permissions: u32 = 0;
  /** The page must be accessed with snooping: N of a translation completion. */
  static snoop: bool = false;

  // What a walk found, to be cached. `user` and so on are the bits of `meta`.
  private static meta: u64 = 0;
  private static dirty: bool = false;

  /** Whether the translation that was decided last left the address as it was (§3.9). */
  static get isPassThrough(): bool {
    const kind = Iotlb.kind(Translation.meta);
    return kind == KIND_PASS_THROUGH || kind == KIND_LEGACY_PASS_THROUGH;
  }

  static inInterruptRange(address: u64): bool {
    return address >> 20 == INTERRUPT_RANGE;
  }

  private static get overlapsInterruptRange(): bool {
    return PageRights.overlaps(Translation.physical, Translation.pageShift);
  }
  /**
   * Decides an untranslated or a translation request; a fault condition or 0. `entry` is what the
   * IOTLB has for it, or 0.
   */
  static find(entry: usize): u32 {
    if (entry != 0) {
      const decided = Translation.fromEntry(Iotlb.data(entry), Iotlb.meta(entry));
      if (decided != WALK_AGAIN) return decided;
    }
    return Translation.walkAgain(MOST_EXCHANGES);
  }

  private static walkAgain(attempts: u32): u32 {
    for (let attempt: u32 = 0; attempt < attempts; attempt++) {
      const fault = Translation.walk();
      if (fault != WALK_AGAIN) return fault;
    }
    return SecondStage.lostUpdate;
  }

  /** Goes on where direct-translation.ts stopped: to say why not, or to update flags first. */
  static goOn(leaf: u64, page: u64, atPage: bool): u32 {
    Translation.usePasidEntry();
    Translation.dirty = true;
    const fault = atPage ? Translation.atPage(leaf, page) : Translation.atLeaf(leaf);
    return fault == WALK_AGAIN ? Translation.walkAgain(MOST_EXCHANGES - 1) : fault;
  }
  /** The same from where context and PASID entry have been found. */
  static goOnFromEntries(): u32 {
    Translation.dirty = true;
    Translation.snoop = false;
    const fault = Translation.throughPasidEntry();
    return fault == WALK_AGAIN ? Translation.walkAgain(MOST_EXCHANGES - 1) : fault;
  }
  private static atLeaf(leaf: u64): u32 {
    const nested = PasidEntry.type == KIND_NESTED;
    return nested ? Translation.throughLeaf(leaf) : Translation.finishFirstStage(leaf);
  }
  private static atPage(leaf: u64, page: u64): u32 {
    if (PasidEntry.type == KIND_SECOND_STAGE) {
      return Translation.finishSecondStage(KIND_SECOND_STAGE, page);
    }
    Translation.meta |= PageRights.metaOfLeaf(leaf);
    return Translation.finishNested(leaf, page);
  }

  /** RTA.1 to RTA.5: what the latched root-table address register blocks. */
  static checkMode(): u32 {
    const mode = Latch.mode;
    if (mode == MODE_BLOCKED) {
      const condition = Latch.rootTableCondition();
      // Table 30: SSIRWE in legacy mode is not what stops a request with PASID there.
      return condition == RTA_1_4 && Request.hasPasid ? RTA_2 : condition;
    }
    if (mode == MODE_LEGACY) return Request.hasPasid ? RTA_2 : 0;
    return Request.executes && Capability.major >= 8 ? RTA_5 : 0;
  }

  /** Decides by a cached translation (choice K1); WALK_AGAIN when a flag must be set first. */
  private static fromEntry(data: u64, meta: u64): u32 {
    if ((meta & META_PRIVILEGED) != 0) Request.privileged = true;
    if ((meta & META_FPD) != 0) Request.faultProcessingDisabled = true;
    Translation.meta = meta;
    Translation.physical = Iotlb.physical(data, Request.address);
    if (Explain.active) Outbox.cacheHit(COUNT_IOTLB_HITS, data, meta, Translation.physical);
    Translation.pageShift = Iotlb.pageShift(data);
    Translation.snoop = (meta & META_SNOOP) != 0;
    if ((meta & META_FAULTS) != 0) return Translation.cachedFault(Iotlb.condition(data));
    const fault = Translation.decide();
    if (fault != 0) return fault;
    if (!Request.wantsWrite || (Translation.permissions & RIGHT_WRITE) == 0) return 0;
    const grants = (<u32>data) >> (Request.privileged && Request.hasPasid ? 2 : 0);
    return (grants & RIGHT_WRITE) == 0 ? WALK_AGAIN : 0;
  }

  /** What a fresh walk would report before the cached fault comes before it here, too. */
  private static cachedFault(condition: u32): u32 {
    const denied = Translation.checkRights();
    if (denied != 0) return denied;
    const byAccess = condition == LGN_2 || condition == LGN_3;
    return byAccess ? SecondStage.missingInLegacyMode : condition;
  }

  /** One attempt to find the translation in memory, set the flags that are due, and cache it. */
  private static walk(): u32 {
    Request.forgetEntries();
    Translation.meta = 0;
    Translation.dirty = true;
    Translation.snoop = false;
    return Latch.mode == MODE_LEGACY ? Translation.walkLegacy() : Translation.walkScalable();
  }

  private static walkLegacy(): u32 {
    const missing = Context.legacy();
    if (missing != 0) return missing;
    Translation.meta = <u64>Context.domain;
    if (Context.translationType == CONTEXT_TT_PASS_THROUGH) {
      if ((Request.address & Capability.aboveHost) != 0) return LGN_1_3;
      return Translation.passThrough(KIND_LEGACY_PASS_THROUGH);
    }
    if (Translation.isSpecialTranslationRequest()) return 0;
    SecondStage.useContextEntry();
    if (SecondStage.isTooWide(Request.address)) return LGN_1_1;
    return Translation.secondStage(KIND_LEGACY);
  }

  private static walkScalable(): u32 {
    let missing = Context.scalable();
    if (missing == 0) missing = PasidEntry.find();
    return missing != 0 ? missing : Translation.throughPasidEntry();
  }

  private static throughPasidEntry(): u32 {
    Translation.usePasidEntry();
    if (!Request.hasPasid && Request.privileged) Translation.meta |= META_PRIVILEGED;
    if (Translation.isSpecialTranslationRequest()) return 0;
    const type = PasidEntry.type;
    if (type == KIND_PASS_THROUGH) {
      Translation.snoop = PasidEntry.pageSnoop;
      if ((Request.address & Capability.aboveHost) != 0) return SGN_4_2;
      return Translation.passThrough(KIND_PASS_THROUGH);
    }
    if (type == KIND_FIRST_STAGE) return Translation.firstStage();
    SecondStage.usePasidEntry();
    if (type == KIND_NESTED) return Translation.nested();
    if (SecondStage.isTooWide(Request.address)) return SGN_5;
    return Translation.secondStage(KIND_SECOND_STAGE);
  }

  private static usePasidEntry(): void {
    const effectivePasid = Request.effectivePasid;
    Translation.meta = PageRights.metaOf(effectivePasid, PasidEntry.word1, PasidEntry.word2);
  }

  /** S.1 and S.2 of Table 30: translation requests for the interrupt address range (choice R5). */
  private static isSpecialTranslationRequest(): bool {
    if (Request.kind != TRANSLATION || !Translation.inInterruptRange(Request.address)) return false;
    const passThrough = Latch.mode != MODE_LEGACY && PasidEntry.type == KIND_PASS_THROUGH;
    if (Request.hasPasid && !passThrough) return false;
    Translation.permissions = 0;
    Translation.pageShift = 12;
    Translation.physical = 0;
    return true;
  }

  private static passThrough(kind: u64): u32 {
    Translation.meta |= META_SECOND_STAGE_READ | META_SECOND_STAGE_WRITE;
    Translation.physical = Request.address;
    Translation.pageShift = Capability.largestPageShift;
    return Translation.finish(kind);
  }

  private static secondStage(kind: u64): u32 {
    return Translation.finishSecondStage(kind, SecondStage.walk(Request.address));
  }
  private static finishSecondStage(kind: u64, page: u64): u32 {
    if (page == 0) return Translation.refuse(kind, SecondStage.fault);
    Translation.takeSecondStage(page, Request.address);
    return Translation.finish(kind);
  }

  private static firstStage(): u32 {
    return Translation.finishFirstStage(FirstStage.walk(false));
  }

  private static finishFirstStage(leaf: u64): u32 {
    if (leaf == 0) return FirstStage.fault;
    Translation.meta |= PageRights.metaOfLeaf(leaf);
    Translation.snoop = PasidEntry.pageSnoop;
    Translation.physical = FirstStage.addressOf(leaf, Request.address);
    Translation.pageShift = FirstStage.shiftOf(leaf);
    return Translation.finish(KIND_FIRST_STAGE);
  }

  private static nested(): u32 {
    return Translation.throughLeaf(FirstStage.walk(true));
  }
  /** From the leaf of the first stage to the page of the second. */
  private static throughLeaf(leaf: u64): u32 {
    if (leaf == 0) {
      // A second stage that misses a first-stage table fails whoever asks.
      Translation.meta |= META_USER | META_FIRST_STAGE_WRITE;
      return Translation.refuse(KIND_NESTED, FirstStage.fault);
    }
    Translation.meta |= PageRights.metaOfLeaf(leaf);
    // First-stage rights decide before the final page is looked up (choice W3).
    Translation.meta |= META_SECOND_STAGE_READ | META_SECOND_STAGE_WRITE;
    Translation.setKind(KIND_NESTED);
    const fault = Translation.checkRights();
    if (fault != 0) return fault;
    Translation.meta &= ~(META_SECOND_STAGE_READ | META_SECOND_STAGE_WRITE);
    const page = SecondStage.walk(FirstStage.addressOf(leaf, Request.address));
    return Translation.finishNested(leaf, page);
  }
  private static finishNested(leaf: u64, page: u64): u32 {
    if (page == 0) return Translation.refuse(KIND_NESTED, SecondStage.fault);
    Translation.takeSecondStage(page, FirstStage.addressOf(leaf, Request.address));
    Translation.pageShift = min(FirstStage.shiftOf(leaf), SecondStage.shiftOf(page));
    return Translation.finish(KIND_NESTED);
  }

  private static takeSecondStage(leaf: u64, input: u64): void {
    Translation.meta |= PageRights.metaOfPage(leaf);
    const forced = Latch.mode != MODE_LEGACY && PasidEntry.pageSnoop;
    Translation.snoop = SecondStage.isSnooped(leaf) || forced;
    Translation.physical = SecondStage.addressOf(leaf, input);
    Translation.pageShift = SecondStage.shiftOf(leaf);
  }

  private static setKind(kind: u64): void {
    Translation.meta |= kind << META_KIND_SHIFT;
  }

  /** With CM a fault of the second stage is cached like the translation in its place (choice K6). */
  private static refuse(kind: u64, condition: u32): u32 {
    if (Capability.cachesFaults && Translation.isOfEntry(condition)) {
      Translation.setKind(kind);
      if (Request.faultProcessingDisabled) Translation.meta |= META_FPD;
      Iotlb.insertFault(
        Request.sourceId,
        Request.pasid,
        Request.address,
        condition,
        Translation.meta | META_SECOND_STAGE_READ | META_SECOND_STAGE_WRITE,
      );
    }
    return condition;
  }

  /** Conditions that come from what a second-stage entry holds. */
  private static isOfEntry(condition: u32): bool {
    if (condition == SSS_2 || condition == SSS_3) return true;
    return condition == LSS_2 || condition == LGN_2 || condition == LGN_3;
  }

  /** The access is known: check it, set the flags of the leaves, and remember the translation. */
  private static finish(kind: u64): u32 {
    Translation.setKind(kind);
    if (Translation.snoop) Translation.meta |= META_SNOOP;
    if (Request.faultProcessingDisabled) Translation.meta |= META_FPD;
    const denied = Translation.decide();
    if (denied != 0) {
      const cached = Capability.cachesFaults && kind != KIND_FIRST_STAGE;
      if (cached && Translation.updateLeaves(kind, false) == 0) Translation.remember();
      return denied;
    }
    // A zero-length read may pass on the write permission of one stage alone, and is an access.
    if (Translation.permissions == 0 && Request.kind == TRANSLATION) return 0;
    const written = Request.wantsWrite && (Translation.permissions & RIGHT_WRITE) != 0;
    const failed = Translation.updateLeaves(kind, written);
    if (failed != 0) return failed;
    Translation.remember();
    return 0;
  }

  /** Choice W3: the first stage's leaf, then the second stage's. */
  @inline
  private static updateLeaves(kind: u64, written: bool): u32 {
    if (kind == KIND_FIRST_STAGE || kind == KIND_NESTED) {
      const failed = FirstStage.updateLeaf(written);
      if (failed != 0) return failed;
      Translation.dirty = FirstStage.leafIsDirty;
    }
    if (kind == KIND_SECOND_STAGE || kind == KIND_NESTED) {
      const failed = SecondStage.updateLeaf(written);
      if (failed != 0) return failed;
      Translation.dirty = Translation.dirty && SecondStage.isDirty;
    }
    return 0;
  }

  @inline
  private static remember(): void {
    const rights = Translation.rights(false) | (Translation.rights(true) << 2);
    Iotlb.insert(
      Request.sourceId,
      Request.pasid,
      Request.address,
      Translation.physical,
      (Translation.pageShift - 12) / 9,
      PageRights.flagsOf(rights, Translation.dirty, Translation.overlapsInterruptRange),
      Translation.meta,
      false,
    );
  }

  /**
   * Rights in the page that `meta` describes. For a requester without PASID there is one privilege,
   * RID_PRIV, and it has the rights of either.
   */
  private static rights(privileged: bool): u32 {
    const meta = Translation.meta;
    const supervisor = privileged || (meta & META_PRIVILEGED) != 0;
    return PageRights.rightsOf(meta, Iotlb.kind(meta), supervisor);
  }

  /** Permissions of the requester, then whether the output is in the interrupt address range. */
  @inline
  private static decide(): u32 {
    const fault = Translation.checkRights();
    if (fault != 0) return fault;
    const legacy = Latch.mode == MODE_LEGACY;
    if (Request.kind == UNTRANSLATED) {
      if (!Translation.inInterruptRange(Translation.physical)) return 0;
      return legacy ? LGN_4 : SGN_8_1;
    }
    if (Translation.permissions == 0) return 0;
    if (Iotlb.kind(Translation.meta) == KIND_PASS_THROUGH) return 0;
    // A completion covers the whole page, so any overlap counts.
    if (!Translation.overlapsInterruptRange) return 0;
    return legacy ? LGN_4 : SGN_8_2;
  }

  /** §3.6.1, §3.7.1, §3.8.1: sets `permissions`; the condition that denies the request, or 0. */
  @inline
  private static checkRights(): u32 {
    const meta = Translation.meta;
    const kind = Iotlb.kind(meta);
    const supervisor = (meta & META_SUPERVISOR) != 0;
    if (Request.privileged && kind <= KIND_PASS_THROUGH && !supervisor) return SPT_6;
    const rights = Translation.rights(Request.privileged);
    Translation.permissions = rights;
    if (Request.kind == TRANSLATION) return Translation.checkTranslationRequest(rights);

    const firstStage = kind == KIND_FIRST_STAGE || kind == KIND_NESTED;
    if (firstStage && !Request.privileged && (meta & META_USER) == 0) return SGN_2;
    const legacy = kind >= KIND_LEGACY;
    if (Request.writes && (rights & RIGHT_WRITE) == 0) return legacy ? LGN_2 : SGN_6;
    if (Request.reads && (rights & RIGHT_READ) == 0) {
      const writable = (meta & META_SECOND_STAGE_WRITE) != 0;
      const excused = Request.isZeroLengthRead && Capability.zeroLengthRead && writable;
      if (!excused) return legacy ? LGN_3 : SGN_7;
    }
    return 0;
  }

  /** A translation request is told the permissions there are (§4.2.3, choice W10). */
  private static checkTranslationRequest(rights: u32): u32 {
    const kind = Iotlb.kind(Translation.meta);
    const firstStage = kind == KIND_FIRST_STAGE || kind == KIND_NESTED;
    if (firstStage && !Request.privileged && (Translation.meta & META_USER) == 0) return SGN_2;
    const granted = Request.wantsWrite ? rights : rights & ~RIGHT_WRITE;
    Translation.permissions = granted;
    if (granted != 0) return 0;
    // Success with effective permissions, of which there are none.
    if (kind >= KIND_LEGACY) return Request.wantsWrite ? LGN_2 : LGN_3;
    return Request.wantsWrite ? SGN_6 : SGN_7;
  }
}
