import type { Behaviour } from "../iopf/index.js";

/** What the driver of Linux 7.2 does and a repaired one does not. */
export interface VtdQuirks {
  /** FAILURE goes out as 2, its number in the core, and not as 15. */
  readonly rawResponseCodes: boolean;
  /** Only a bad descriptor that is the first of those queued together is replaced; others stop the queue for good. */
  readonly replacesOnlyFirst: boolean;
  /** An invalidation of a device that is there and does not complete it is tried again for ever. */
  readonly retriesForEver: boolean;
  /** A device leaves the fault queue before the entry of its requests without PASID is torn down. */
  readonly leavesQueueFirst: boolean;
  /** A nested domain that replaces another does not drop the fault queue reference of the old one. */
  readonly keepsOldReference: boolean;
  /** Flags of a first stage of user space that mean nothing are taken, and do nothing. */
  readonly takesUnknownStageFlags: boolean;
  /** With CM a new PASID entry is flushed under its own domain-id, although absent ones are cached under 0. */
  readonly flushesNewEntriesByDomain: boolean;
}

const all = (value: boolean): VtdQuirks => ({
  rawResponseCodes: value,
  replacesOnlyFirst: value,
  retriesForEver: value,
  leavesQueueFirst: value,
  keepsOldReference: value,
  takesUnknownStageFlags: value,
  flushesNewEntriesByDomain: value,
});

export const vtdQuirksOf: Readonly<Record<Behaviour, VtdQuirks>> = {
  strictLinux72: all(true),
  fixed: all(false),
};
