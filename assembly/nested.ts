/** Nested translation (§3.8): first-stage entries lie at guest-physical addresses. */
import { SFS_6, SFS_7 } from "./generated/faults";
import { READ, SecondStage, WRITE } from "./second-stage";

export class Nested {
  /** Whether flags of the entry that was translated last may be set. */
  static writable: bool = false;

  /**
   * Translates the guest-physical address of a first-stage entry, for reading it; the host address
   * is `SecondStage.address`. With SSADE the access counts as a write (W4, §3.8.1).
   */
  static translateEntry(address: u64, root: bool): u32 {
    const fault = SecondStage.walk(address);
    if (fault != 0) return fault;
    const permissions = SecondStage.permissions;
    Nested.writable = (permissions & (READ | WRITE)) == (READ | WRITE);
    const needed = SecondStage.flags ? READ | WRITE : READ;
    if ((permissions & needed) != needed) return root ? SFS_6 : SFS_7;
    return SecondStage.updateLeaf(true);
  }
}
