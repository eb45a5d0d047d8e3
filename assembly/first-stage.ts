/** First-stage translation (§3.6), alone or nested over a second stage (§3.8). */
import {
  FS_A_SHIFT,
  FS_D_SHIFT,
  FS_EA_SHIFT,
  FS_PS_SHIFT,
  FS_P_SHIFT,
  FS_RW_SHIFT,
  FS_US_SHIFT,
  PASID_ENTRY_EAFE_IN_PLACE,
  PASID_ENTRY_PWSNP_IN_PLACE,
} from "./generated/structures";
import { SFS_1, SFS_10, SFS_2, SFS_3, SFS_4, SFS_5, SFS_8, SFS_9, SGN_1 } from "./generated/faults";
import { COUNT_FIRST_STAGE_FLAG_UPDATES, COUNT_FIRST_STAGE_READS } from "./generated/layout";
import { EVENT_IOMMU_ATOMIC_AD_UPDATE } from "./generated/performance-events";
import { FIRST_STAGE_CACHE } from "./cache";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { Memory } from "./memory";
import { Nested } from "./nested";
import { levelShift, PagingCache } from "./paging-cache";
import { PerformanceMonitoring } from "./performance-monitoring";
import { PasidEntry } from "./pasid-table";
import { Request } from "./request";
import { SecondStage } from "./second-stage";

const PRESENT: u64 = 1 << FS_P_SHIFT;
/** R/W and U/S, also as the cumulative permissions of a walk. */
export const READ_WRITE: u64 = 1 << FS_RW_SHIFT;
export const USER: u64 = 1 << FS_US_SHIFT;
const ACCESSED: u64 = 1 << FS_A_SHIFT;
const DIRTY: u64 = 1 << FS_D_SHIFT;
const PAGE_SIZE_BIT: u64 = 1 << FS_PS_SHIFT;
const EXTENDED_ACCESSED: u64 = 1 << FS_EA_SHIFT;

/** Where the answer of a walk has the level of the leaf: bits that hardware ignores in it. */
const LEAF_LEVEL_SHIFT: u64 = 52;
const LEAF_LEVEL: u64 = 7 << LEAF_LEVEL_SHIFT;
const TABLE: u64 = 0x000f_ffff_ffff_f000;

export class FirstStage {
  /** Why the last walk answered 0, or the last update of flags failed. */
  static fault: u32 = 0;

  // Of the last leaf: what was read, where, and whether the second stage lets flags be set there.
  private static word: u64 = 0;
  private static leafAddress: u64 = 0;
  private static leafWritable: bool = false;

  /** §3.6: bits above the translated ones repeat the highest of them. */
  @inline
  private static isCanonical(address: u64, levels: u32): bool {
    const unused: u64 = 64 - levelShift(levels + 1);
    return <u64>((<i64>(address << unused)) >> (<i64>unused)) == address;
  }

  /** Walks for the current request, with its PASID entry; answers as `descend` does. */
  static walk(nested: bool): u64 {
    const tag = PagingCache.firstStageTag(PasidEntry.domain, Request.effectivePasid);
    return FirstStage.descend(
      nested,
      false,
      Request.address,
      tag,
      PasidEntry.word1,
      PasidEntry.word2,
    );
  }

  /**
   * Walks to the leaf of an address, and answers it with the permissions of all entries on the way
   * and its level (`levelOf`); 0 if there is a `fault`. The leaf's own flags are left to
   * `updateLeaf`. `word1` and `word2` are of the PASID entry.
   *
   * On the way down a word holds what the entry above would: table, permissions, present. The levels
   * are written out, so that every shift is known to the compiler: walks are a quarter faster.
   */
  @inline
  static descend(nested: bool, plain: bool, input: u64, tag: u64, word1: u64, word2: u64): u64 {
    const levels = PasidEntry.levelsOf(word2);
    if (!FirstStage.isCanonical(input, levels)) return FirstStage.refuse(SGN_1);
    const flags = FirstStage.accessedFlags(word2);
    const cached = PagingCache.find(FIRST_STAGE_CACHE, tag, input, levels, plain);
    const top = cached == 0;
    const level = top ? levels : PagingCache.levelBelow(cached);
    let entry = top
      ? (word2 & TABLE) | READ_WRITE | USER
      : PagingCache.table(cached) | PagingCache.permissions(cached);
    if (level >= 5) {
      entry = FirstStage.step(nested, plain, top, entry, input, 5, tag, flags, word1);
      if (entry == 0) return 0;
    }
    if (level >= 4) {
      entry = FirstStage.step(
        nested,
        plain,
        top && levels == 4,
        entry,
        input,
        4,
        tag,
        flags,
        word1,
      );
      if (entry == 0) return 0;
    }
    if (level >= 3) {
      entry = FirstStage.step(nested, plain, false, entry, input, 3, tag, flags, word1);
      if (entry == 0 || FirstStage.levelOf(entry) != 0) return entry;
    }
    if (level >= 2) {
      entry = FirstStage.step(nested, plain, false, entry, input, 2, tag, flags, word1);
      if (entry == 0 || FirstStage.levelOf(entry) != 0) return entry;
    }
    return FirstStage.step(nested, plain, false, entry, input, 1, tag, flags, word1);
  }

  /** One entry: table and permissions for the next level, or the leaf with its level, or 0. */
  @inline
  private static step(
    nested: bool,
    plain: bool,
    first: bool,
    above: u64,
    input: u64,
    level: u32,
    tag: u64,
    flags: u64,
    word1: u64,
  ): u64 {
    let at = (above & TABLE) + (((input >> levelShift(level)) & 511) << 3);
    let writable: bool = true;
    if (nested) {
      const place = plain ? SecondStage.walkPlain(at) : SecondStage.walk(at);
      if (place == 0) return FirstStage.refuse(SecondStage.fault);
      const denied = Nested.checkEntry(place, first);
      if (denied != 0) return FirstStage.refuse(denied);
      at = SecondStage.addressOf(place, at);
      writable = Nested.isWritable(place);
    }
    const entry = Memory.fetch(at, COUNT_FIRST_STAGE_READS, plain);
    if (Memory.hasFailed(entry)) return FirstStage.refuse(first ? SFS_4 : SFS_1);
    if ((entry & PRESENT) == 0) return FirstStage.refuse(SFS_2);
    const leaf = level == 1 || (level <= 3 && (entry & PAGE_SIZE_BIT) != 0);
    if ((entry & FirstStage.reservedBits(level, leaf)) != 0) return FirstStage.refuse(SFS_3);
    const permissions = above & entry & (READ_WRITE | USER);
    if (leaf) {
      if (nested && SecondStage.isTooWide(FirstStage.page(entry, levelShift(level)))) {
        return FirstStage.refuse(SFS_5);
      }
      FirstStage.word = entry;
      FirstStage.leafAddress = at;
      FirstStage.leafWritable = writable;
      const plain = entry & ~(LEAF_LEVEL | READ_WRITE | USER);
      return plain | permissions | ((<u64>level) << LEAF_LEVEL_SHIFT);
    }
    const next = entry & Capability.hostAddress;
    if (nested && SecondStage.isTooWide(next)) return FirstStage.refuse(SFS_5);
    if ((entry & flags) != flags) {
      const failed = FirstStage.setFlags(at, entry, flags, writable, word1);
      if (failed != 0) return FirstStage.refuse(failed);
    }
    PagingCache.insert(FIRST_STAGE_CACHE, tag, input, level, next, permissions);
    return next | permissions | PRESENT;
  }

  private static refuse(fault: u32): u64 {
    FirstStage.fault = fault;
    return 0;
  }

  // What a walk answered.
  @inline
  static levelOf(leaf: u64): u32 {
    return <u32>((leaf & LEAF_LEVEL) >> LEAF_LEVEL_SHIFT);
  }
  @inline
  static shiftOf(leaf: u64): u64 {
    return levelShift(FirstStage.levelOf(leaf));
  }
  /** The address that the input translates to; guest-physical in nested translation. */
  @inline
  static addressOf(leaf: u64, input: u64): u64 {
    const shift = FirstStage.shiftOf(leaf);
    return FirstStage.page(leaf, shift) | (input & (((<u64>1) << shift) - 1));
  }
  /** Bit 12 of a large leaf is its PAT bit, not part of the address (§9.7). */
  @inline
  private static page(leaf: u64, shift: u64): u64 {
    return ((leaf & Capability.hostAddress) >> shift) << shift;
  }

  @inline
  static accessedFlags(word2: u64): u64 {
    const extended = (word2 & PASID_ENTRY_EAFE_IN_PLACE) != 0;
    return extended ? ACCESSED | EXTENDED_ACCESSED : ACCESSED;
  }
  /** Whether the accessed flags need no update any more. */
  @inline
  static isAccessed(leaf: u64, word2: u64): bool {
    return (~leaf & FirstStage.accessedFlags(word2)) == 0;
  }
  /** Whether a write needs no update of the dirty flag any more. */
  @inline
  static isDirty(leaf: u64): bool {
    return (leaf & DIRTY) != 0;
  }

  /** Sets A (and EA), and for a write D, in the leaf that the last walk found, in one step (§3.6.2). */
  static updateLeaf(written: bool): u32 {
    let flags = FirstStage.accessedFlags(PasidEntry.word2);
    if (written) flags |= DIRTY;
    const entry = FirstStage.word;
    if ((entry & flags) == flags) return 0;
    const failed = FirstStage.setFlags(
      FirstStage.leafAddress,
      entry,
      flags,
      FirstStage.leafWritable,
      PasidEntry.word1,
    );
    if (failed == 0) FirstStage.word |= flags;
    return failed;
  }

  /** Whether a write through the last leaf needs no further update of its flags. */
  static get leafIsDirty(): bool {
    return FirstStage.isDirty(FirstStage.word);
  }

  private static setFlags(at: u64, entry: u64, flags: u64, writable: bool, word1: u64): u32 {
    if (!writable) return SFS_8;
    if ((word1 & PASID_ENTRY_PWSNP_IN_PLACE) == 0) return SFS_9;
    const found = Memory.compareExchange(at, entry, entry | flags);
    if (Memory.failed) return SFS_10;
    if (found != entry) return SecondStage.walkAgain(SFS_10);
    Counters.add(COUNT_FIRST_STAGE_FLAG_UPDATES);
    PerformanceMonitoring.count(EVENT_IOMMU_ATOMIC_AD_UPDATE);
    return 0;
  }

  @inline
  private static reservedBits(level: u32, leaf: bool): u64 {
    if (!leaf) return level >= 4 ? Capability.fsUpperReserved : Capability.fsReserved;
    if (level == 1) return Capability.fsReserved;
    return level == 2 ? Capability.fsLargeReserved : Capability.fsHugeReserved;
  }
}
