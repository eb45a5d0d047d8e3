/** Second-stage translation (§3.7), of legacy mode, of scalable mode, and below a first stage. */
import {
  SS_A_SHIFT,
  SS_D_SHIFT,
  SS_IR_SHIFT,
  SS_IW_SHIFT,
  SS_PS_SHIFT,
  SS_SNP_SHIFT,
} from "./generated/structures";
import {
  LCT_4_3,
  LGN_2,
  LGN_3,
  LSS_1,
  LSS_2,
  SSS_1,
  SSS_2,
  SSS_3,
  SSS_4,
  SSS_5,
  SSS_6,
} from "./generated/faults";
import { COUNT_SECOND_STAGE_FLAG_UPDATES, COUNT_SECOND_STAGE_READS } from "./generated/layout";
import { EVENT_IOMMU_ATOMIC_AD_UPDATE } from "./generated/performance-events";
import { SECOND_STAGE_CACHE } from "./cache";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { Latch } from "./latch";
import { Memory } from "./memory";
import { levelShift, PagingCache } from "./paging-cache";
import { PerformanceMonitoring } from "./performance-monitoring";
import { PasidEntry } from "./pasid-table";
import { Request } from "./request";
import { Context } from "./root-context";

/** Permissions as the R and W bits of an entry. */
export const READ: u64 = 1;
export const WRITE: u64 = 2;

const PAGE_SIZE_BIT: u64 = 1 << SS_PS_SHIFT;
const ACCESSED: u64 = 1 << SS_A_SHIFT;
const DIRTY: u64 = 1 << SS_D_SHIFT;
const SNOOP: u64 = 1 << SS_SNP_SHIFT;
const IO_WRITE: u64 = 1 << SS_IW_SHIFT;

/** Where the answer of a walk has the level of the leaf. */
const LEAF_LEVEL_SHIFT: u64 = 52;
const TABLE: u64 = 0x000f_ffff_ffff_f000;

// What a cached entry without permissions has in place of the address of a table.
const NOT_PRESENT: u64 = 0;
const RESERVED_BITS_SET: u64 = 1;

/** Not a fault: the entry changed between fetch and update, so the walk begins again (W5). */
export const WALK_AGAIN: u32 = u32.MAX_VALUE;

export class SecondStage {
  // What translates, set by `useContextEntry` or `usePasidEntry`.
  private static pointer: u64 = 0;
  private static levels: u32 = 0;
  private static tag: u64 = 0;
  /** Bits of an address above those that are translated. */
  private static aboveInput: u64 = 0;
  private static legacy: bool = false;
  /** Accessed and dirty flags are enabled (SSADE). */
  static flags: bool = false;
  /** Where the permissions stand in an entry: R and W at bit 0, or with SSIRWE IR and IW at 61. */
  private static permissionShift: u64 = 0;
  /** IW is reserved unless it is used (§9.8). */
  private static unusedPermission: u64 = IO_WRITE;

  /** Why the last walk answered 0. */
  static fault: u32 = 0;
  // Of the last leaf: what was read, and where.
  private static word: u64 = 0;
  private static leafAddress: u64 = 0;
  /** The condition of the flag update that was lost last. */
  static lostUpdate: u32 = 0;

  static useContextEntry(): void {
    SecondStage.pointer = Context.secondStagePointer;
    SecondStage.levels = <u32>Context.addressWidth + 2;
    SecondStage.tag = PagingCache.secondStageTag(Context.domain);
    SecondStage.legacy = true;
    SecondStage.flags = false;
    SecondStage.usePermissions(false);
  }

  static usePasidEntry(): void {
    SecondStage.pointer = PasidEntry.secondStagePointer;
    SecondStage.levels = <u32>PasidEntry.addressWidth + 2;
    SecondStage.tag = PagingCache.secondStageTag(PasidEntry.domain);
    SecondStage.legacy = false;
    SecondStage.flags = PasidEntry.secondStageFlags;
    SecondStage.usePermissions(Latch.ioPermissions);
  }

  /** Whether the permissions stand at bit 0, as `walkPlain` takes them. */
  static get isPlain(): bool {
    return SecondStage.permissionShift == 0;
  }

  private static usePermissions(io: bool): void {
    SecondStage.aboveInput = u64.MAX_VALUE << SecondStage.inputWidth;
    SecondStage.permissionShift = io ? SS_IR_SHIFT : 0;
    SecondStage.unusedPermission = io ? 0 : IO_WRITE;
  }

  /** Whether the address has more bits than this second stage translates (§3.7). */
  @inline
  static isTooWide(address: u64): bool {
    return (address & SecondStage.aboveInput) != 0;
  }

  /** Bits of input address that this second stage translates. */
  static get inputWidth(): u64 {
    return Capability.inputWidth(SecondStage.levels);
  }

  /**
   * Walks to the leaf of an address and sets the accessed flags of the entries above it. Answers the
   * leaf's page with what the functions below take from it; 0 if there is a `fault`. The leaf's own
   * flags are left to `updateLeaf`, when it is known that the access is allowed.
   *
   * On the way down a word holds the table, and the permissions of all entries above it. The levels
   * are written out, as in the first stage.
   */
  static walk(input: u64): u64 {
    return SecondStage.descend(input, false);
  }
  /** The same where `isPlain`, and no event is counted and nothing explained. */
  static walkPlain(input: u64): u64 {
    return SecondStage.descend(input, true);
  }

  @inline
  private static descend(input: u64, plain: bool): u64 {
    const levels = SecondStage.levels;
    const tag = SecondStage.tag;
    const cached = PagingCache.find(SECOND_STAGE_CACHE, tag, input, levels, plain);
    const top = cached == 0;
    const level = top ? levels : PagingCache.levelBelow(cached);
    let entry = SecondStage.pointer | READ | WRITE;
    if (!top) {
      const permissions = PagingCache.permissions(cached);
      if (permissions == 0) {
        return SecondStage.refuse(SecondStage.cachedFault(PagingCache.table(cached)));
      }
      entry = PagingCache.table(cached) | permissions;
    }
    if (level >= 5) {
      entry = SecondStage.step(top, entry, input, 5, tag, plain);
      if (entry == 0) return 0;
    }
    if (level >= 4) {
      entry = SecondStage.step(top && levels == 4, entry, input, 4, tag, plain);
      if (entry == 0) return 0;
    }
    if (level >= 3) {
      entry = SecondStage.step(top && levels == 3, entry, input, 3, tag, plain);
      if (entry == 0 || SecondStage.levelOf(entry) != 0) return entry;
    }
    if (level >= 2) {
      entry = SecondStage.step(false, entry, input, 2, tag, plain);
      if (entry == 0 || SecondStage.levelOf(entry) != 0) return entry;
    }
    return SecondStage.step(false, entry, input, 1, tag, plain);
  }

  /** One entry: table and permissions for the next level, or the leaf with its level, or 0. */
  @inline
  private static step(first: bool, above: u64, input: u64, level: u32, tag: u64, plain: bool): u64 {
    const at = (above & TABLE) + (((input >> levelShift(level)) & 511) << 3);
    const entry = Memory.fetch(at, COUNT_SECOND_STAGE_READS, plain);
    if (Memory.hasFailed(entry)) return SecondStage.refuse(SecondStage.fetchFailed(first));
    const shift = plain ? 0 : SecondStage.permissionShift;
    const granted = (entry >> shift) & (READ | WRITE);
    if (granted == 0) return SecondStage.refuse(SecondStage.missing(input, level, false));
    const leaf = level == 1 || (level <= 3 && (entry & PAGE_SIZE_BIT) != 0);
    if ((entry & SecondStage.reservedBits(level, leaf, plain)) != 0) {
      return SecondStage.refuse(SecondStage.missing(input, leaf ? 1 : level, true));
    }
    const permissions = above & granted;
    if (permissions == 0) {
      return SecondStage.refuse(SecondStage.missing(input, leaf ? 1 : level, false));
    }
    const next = entry & Capability.hostAddress;
    if (leaf) {
      SecondStage.word = entry;
      SecondStage.leafAddress = at;
      return next | (entry & SNOOP) | permissions | ((<u64>level) << LEAF_LEVEL_SHIFT);
    }
    if (SecondStage.flags) {
      const failed = SecondStage.setFlags(at, entry, ACCESSED);
      if (failed != 0) return SecondStage.refuse(failed);
    }
    PagingCache.insert(SECOND_STAGE_CACHE, tag, input, level, next, permissions);
    return next | permissions;
  }

  private static refuse(fault: u32): u64 {
    SecondStage.fault = fault;
    return 0;
  }

  // What a walk answered.
  @inline
  static levelOf(leaf: u64): u32 {
    return <u32>(leaf >> LEAF_LEVEL_SHIFT);
  }
  @inline
  static shiftOf(leaf: u64): u64 {
    return levelShift(SecondStage.levelOf(leaf));
  }
  @inline
  static addressOf(leaf: u64, input: u64): u64 {
    return (leaf & TABLE) | (input & (((<u64>1) << SecondStage.shiftOf(leaf)) - 1));
  }
  /** READ and WRITE as all entries on the way have them. */
  @inline
  static permissionsOf(leaf: u64): u64 {
    return leaf & (READ | WRITE);
  }
  static isSnooped(leaf: u64): bool {
    return (leaf & SNOOP) != 0;
  }

  /** Sets A, and for a write D, in the leaf that the last walk found. */
  static updateLeaf(written: bool): u32 {
    if (!SecondStage.flags) return 0;
    const flags = written ? ACCESSED | DIRTY : ACCESSED;
    const failed = SecondStage.setFlags(SecondStage.leafAddress, SecondStage.word, flags);
    if (failed == 0) SecondStage.word |= flags;
    return failed;
  }

  /** Whether the accessed flag of the last leaf needs no update any more. */
  static get isAccessed(): bool {
    return !SecondStage.flags || (SecondStage.word & ACCESSED) != 0;
  }

  /** Whether a write through the last leaf needs no further update of its flags. */
  static get isDirty(): bool {
    return !SecondStage.flags || (SecondStage.word & DIRTY) != 0;
  }

  private static setFlags(at: u64, entry: u64, flags: u64): u32 {
    if ((entry & flags) == flags) return 0;
    if (!PasidEntry.walksSnooped) return SSS_5;
    const found = Memory.compareExchange(at, entry, entry | flags);
    if (Memory.failed) return SSS_6;
    if (found != entry) return SecondStage.walkAgain(SSS_6);
    Counters.add(COUNT_SECOND_STAGE_FLAG_UPDATES);
    PerformanceMonitoring.count(EVENT_IOMMU_ATOMIC_AD_UPDATE);
    return 0;
  }

  /** The word changed meanwhile; `condition` is what that becomes when it happens too often (W5). */
  static walkAgain(condition: u32): u32 {
    SecondStage.lostUpdate = condition;
    return WALK_AGAIN;
  }

  @inline
  private static reservedBits(level: u32, leaf: bool, plain: bool): u64 {
    const unused = plain ? IO_WRITE : SecondStage.unusedPermission;
    return unused | SecondStage.reservedAtLevel(level, leaf);
  }

  @inline
  private static reservedAtLevel(level: u32, leaf: bool): u64 {
    if (!leaf) return level >= 4 ? Capability.ssUpperReserved : Capability.ssTableReserved;
    if (level == 1) return Capability.ssPageReserved;
    return level == 2 ? Capability.ssLargeReserved : Capability.ssHugeReserved;
  }

  private static fetchFailed(first: bool): u32 {
    if (SecondStage.legacy) return first ? LCT_4_3 : LSS_1;
    return first ? SSS_4 : SSS_1;
  }

  /** With CM entries above the PTEs that fault are cached like those that point to a table (choice K6). */
  private static missing(input: u64, level: u32, reserved: bool): u32 {
    if (Capability.cachesFaults && level > 1) {
      const what: u64 = reserved ? RESERVED_BITS_SET : NOT_PRESENT;
      PagingCache.insert(SECOND_STAGE_CACHE, SecondStage.tag, input, level, what, 0);
    }
    return reserved ? SecondStage.reservedBitsSet() : SecondStage.notPresent();
  }

  private static cachedFault(what: u64): u32 {
    return what == RESERVED_BITS_SET ? SecondStage.reservedBitsSet() : SecondStage.notPresent();
  }

  private static reservedBitsSet(): u32 {
    return SecondStage.legacy ? LSS_2 : SSS_3;
  }

  private static notPresent(): u32 {
    return SecondStage.legacy ? SecondStage.missingInLegacyMode : SSS_2;
  }

  /** Legacy mode has no condition of its own for this: it is reported as the lack of permission (W9). */
  static get missingInLegacyMode(): u32 {
    return Request.wantsWrite ? LGN_2 : LGN_3;
  }
}
