/** Nested translation (§3.8): first-stage entries lie at guest-physical addresses. */
import { SFS_6, SFS_7 } from "./generated/faults";
import { READ, SecondStage, WRITE } from "./second-stage";

export class Nested {
  /** Whether flags may be set of a first-stage entry in the page that `place` translates to. */
  @inline
  static isWritable(place: u64): bool {
    return SecondStage.permissionsOf(place) == (READ | WRITE);
  }

  /**
   * Whether a first-stage entry may be read in the page that `SecondStage.walk` has come to; a fault
   * condition or 0. With SSADE the access counts as a write (W4, §3.8.1).
   */
  @inline
  static checkEntry(place: u64, root: bool): u32 {
    const permissions = SecondStage.permissionsOf(place);
    const needed = SecondStage.flags ? READ | WRITE : READ;
    if ((permissions & needed) != needed) return root ? SFS_6 : SFS_7;
    return SecondStage.updateLeaf(true);
  }
}
