/** First-stage translation (§3.6), alone or nested over a second stage (§3.8). */
import {
  FS_A_SHIFT,
  FS_D_SHIFT,
  FS_EA_SHIFT,
  FS_PS_SHIFT,
  FS_P_SHIFT,
  FS_RW_SHIFT,
  FS_US_SHIFT,
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

export class FirstStage {
  // What the last walk found; guest-physical in nested translation.
  static address: u64 = 0;
  static shift: u64 = 12;
  static permissions: u64 = 0;
  private static leaf: u64 = 0;
  private static leafAddress: u64 = 0;
  private static leafWritable: bool = false;
  private static nested: bool = false;

  /** §3.6: bits above the translated ones repeat the highest of them. */
  private static isCanonical(address: u64, levels: u32): bool {
    const unused: u64 = 64 - levelShift(levels + 1);
    return <u64>((<i64>(address << unused)) >> (<i64>unused)) == address;
  }

  /** Walks to the leaf of the request's address; the leaf's own flags are left to `updateLeaf`. */
  static walk(nested: bool): u32 {
    const input = Request.address;
    const levels = PasidEntry.firstStageLevels;
    if (!FirstStage.isCanonical(input, levels)) return SGN_1;
    FirstStage.nested = nested;
    const tag = PagingCache.firstStageTag(PasidEntry.domain, Request.effectivePasid);
    const accessed = PasidEntry.extendedAccessed ? ACCESSED | EXTENDED_ACCESSED : ACCESSED;
    let level = PagingCache.find(FIRST_STAGE_CACHE, tag, input, levels);
    const top = level == levels;
    let table = top ? PasidEntry.firstStagePointer : PagingCache.table;
    let permissions = top ? READ_WRITE | USER : PagingCache.permissions;
    let first = top;
    while (true) {
      const shift = levelShift(level);
      let at = table + (((input >> shift) & 511) << 3);
      if (nested) {
        const denied = Nested.translateEntry(at, first);
        if (denied != 0) return denied;
        at = SecondStage.address;
      }
      const entry = Memory.fetch(at, COUNT_FIRST_STAGE_READS);
      if (Memory.failed) return first ? SFS_4 : SFS_1;
      if ((entry & PRESENT) == 0) return SFS_2;
      const leaf = level == 1 || (level <= 3 && (entry & PAGE_SIZE_BIT) != 0);
      if ((entry & FirstStage.reservedBits(level, leaf)) != 0) return SFS_3;
      const next = FirstStage.pageAddress(entry, leaf, shift);
      if (nested && SecondStage.isTooWide(next)) return SFS_5;
      permissions &= entry;
      if (leaf) {
        FirstStage.leaf = entry;
        FirstStage.leafAddress = at;
        FirstStage.leafWritable = !nested || Nested.writable;
        FirstStage.permissions = permissions;
        FirstStage.shift = shift;
        FirstStage.address = next | (input & (((<u64>1) << shift) - 1));
        return 0;
      }
      const failed = FirstStage.setFlags(at, entry, accessed, !nested || Nested.writable);
      if (failed != 0) return failed;
      PagingCache.insert(FIRST_STAGE_CACHE, tag, input, level, next, permissions);
      table = next;
      first = false;
      level--;
    }
  }

  /** Sets A (and EA), and for a write D, in the leaf that the last walk found, in one step (§3.6.2). */
  static updateLeaf(written: bool): u32 {
    let flags = PasidEntry.extendedAccessed ? ACCESSED | EXTENDED_ACCESSED : ACCESSED;
    if (written) flags |= DIRTY;
    const failed = FirstStage.setFlags(
      FirstStage.leafAddress,
      FirstStage.leaf,
      flags,
      FirstStage.leafWritable,
    );
    if (failed == 0) FirstStage.leaf |= flags;
    return failed;
  }

  /** Whether a write through the last leaf needs no further update of its flags. */
  static get isDirty(): bool {
    return (FirstStage.leaf & DIRTY) != 0;
  }

  @inline
  private static setFlags(at: u64, entry: u64, flags: u64, writable: bool): u32 {
    if ((entry & flags) == flags) return 0;
    if (!writable) return SFS_8;
    if (!PasidEntry.walksSnooped) return SFS_9;
    const found = Memory.compareExchange(at, entry, entry | flags);
    if (Memory.failed) return SFS_10;
    if (found != entry) return SecondStage.walkAgain(SFS_10);
    Counters.add(COUNT_FIRST_STAGE_FLAG_UPDATES);
    PerformanceMonitoring.count(EVENT_IOMMU_ATOMIC_AD_UPDATE);
    return 0;
  }

  private static reservedBits(level: u32, leaf: bool): u64 {
    if (!leaf) return level >= 4 ? Capability.fsUpperReserved : Capability.fsReserved;
    if (level == 1) return Capability.fsReserved;
    return level == 2 ? Capability.fsLargeReserved : Capability.fsHugeReserved;
  }

  /** Bit 12 of a large leaf is its PAT bit, not part of the address (§9.7). */
  private static pageAddress(entry: u64, leaf: bool, shift: u64): u64 {
    const address = entry & Capability.hostAddress;
    return leaf ? (address >> shift) << shift : address;
  }
}
