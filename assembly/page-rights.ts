/**
 * What a translation says of its page, in the words of an IOTLB entry: `meta`, what PASID entry and
 * walks found, and the flags that follow from it (iotlb.ts).
 */
import { PASID_ENTRY_SRE_IN_PLACE, PASID_ENTRY_WPE_IN_PLACE } from "./generated/structures";
import { READ_WRITE, USER } from "./first-stage";
import {
  DATA_INTERRUPT_RANGE,
  DATA_RIGHTS_SHIFT,
  KIND_FIRST_STAGE,
  KIND_NESTED,
  KIND_PASS_THROUGH,
  META_FIRST_STAGE_WRITE,
  META_PASID_SHIFT,
  META_SECOND_STAGE_READ,
  META_SECOND_STAGE_WRITE,
  META_SUPERVISOR,
  META_USER,
  META_WRITE_PROTECT,
} from "./iotlb";
import { PasidEntry } from "./pasid-table";
import { READ, WRITE } from "./second-stage";

// Rights and grants of one privilege; those of supervisors stand two bits higher.
export const RIGHT_READ: u32 = 1;
export const RIGHT_WRITE: u32 = 2;

/** FEEx_xxxxh, by its bits 63:20 (§3.15). */
export const INTERRUPT_RANGE: u64 = 0xfee;

export class PageRights {
  /** What the words of a PASID entry say about every page. */
  @inline
  static metaOf(pasid: u32, word1: u64, word2: u64): u64 {
    let meta = (<u64>PasidEntry.domainOf(word1)) | ((<u64>pasid) << META_PASID_SHIFT);
    if ((word2 & PASID_ENTRY_SRE_IN_PLACE) != 0) meta |= META_SUPERVISOR;
    if ((word2 & PASID_ENTRY_WPE_IN_PLACE) != 0) meta |= META_WRITE_PROTECT;
    return meta;
  }

  /** The permissions of a first-stage walk. */
  @inline
  static metaOfLeaf(leaf: u64): u64 {
    let meta: u64 = 0;
    if ((leaf & USER) != 0) meta |= META_USER;
    if ((leaf & READ_WRITE) != 0) meta |= META_FIRST_STAGE_WRITE;
    return meta;
  }

  /** The permissions of a second-stage walk. */
  @inline
  static metaOfPage(page: u64): u64 {
    let meta: u64 = 0;
    if ((page & READ) != 0) meta |= META_SECOND_STAGE_READ;
    if ((page & WRITE) != 0) meta |= META_SECOND_STAGE_WRITE;
    return meta;
  }

  /** Rights of one privilege in a page of this kind. */
  @inline
  static rightsOf(meta: u64, kind: u64, supervisor: bool): u32 {
    if (supervisor && kind <= KIND_PASS_THROUGH && (meta & META_SUPERVISOR) == 0) return 0;
    let rights = RIGHT_READ | RIGHT_WRITE;
    if (kind == KIND_FIRST_STAGE || kind == KIND_NESTED) {
      rights = PageRights.firstStageRights(meta, supervisor);
      if (kind == KIND_FIRST_STAGE || rights == 0) return rights;
    }
    if ((meta & META_SECOND_STAGE_READ) == 0) rights &= ~RIGHT_READ;
    if ((meta & META_SECOND_STAGE_WRITE) == 0) rights &= ~RIGHT_WRITE;
    return rights;
  }

  /** Rights that the first stage gives, of a privilege that its PASID entry lets in. */
  @inline
  private static firstStageRights(meta: u64, supervisor: bool): u32 {
    if (!supervisor && (meta & META_USER) == 0) return 0;
    if ((meta & META_FIRST_STAGE_WRITE) != 0) return RIGHT_READ | RIGHT_WRITE;
    const protectedWrite = !supervisor || (meta & META_WRITE_PROTECT) != 0;
    return protectedWrite ? RIGHT_READ : RIGHT_READ | RIGHT_WRITE;
  }

  /** Rights of both privileges, and which of them an IOTLB entry grants. */
  @inline
  static flagsOf(rights: u32, dirty: bool, interruptRange: bool): u64 {
    const grants = dirty ? rights : rights & ~(RIGHT_WRITE | (RIGHT_WRITE << 2));
    const flags = (<u64>(rights << (<u32>DATA_RIGHTS_SHIFT))) | grants;
    return interruptRange ? flags | DATA_INTERRUPT_RANGE : flags;
  }

  /** Whether a page overlaps the interrupt address range. */
  @inline
  static overlaps(address: u64, pageShift: u64): bool {
    const shift = max<u64>(pageShift, 20);
    return address >> shift == (INTERRUPT_RANGE << 20) >> shift;
  }
}
