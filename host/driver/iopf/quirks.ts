/** What Linux 7.2 does and a repaired core does not. */
export interface Quirks {
  /** A request that is not the last of its group is answered if nobody handles its PASID. */
  readonly answersPartials: boolean;
  /** Requests are put into a group by index alone, whatever their PASID. */
  readonly matchesByIndexAlone: boolean;
  /** Requests that wait for the last of their group outlive the domain that they were meant for. */
  readonly keepsPartials: boolean;
  /** A request for which there is no memory is lost, and its group goes on without it. */
  readonly losesPartials: boolean;
  /** A group that user space has is still answered after its device was removed from the queue. */
  readonly respondsAfterRemoval: boolean;
  /** A report that is under way while its device is removed adds to data that nobody looks at any more. */
  readonly addsAfterRemoval: boolean;
  /** Removal frees groups whose handler is still at work: the caller must have flushed it. */
  readonly removalFreesGroups: boolean;
}

/** "strictLinux72": as version 7.2 has it; "fixed": repaired. */
export type Behaviour = "strictLinux72" | "fixed";

const all = (value: boolean): Quirks => ({
  answersPartials: value,
  matchesByIndexAlone: value,
  keepsPartials: value,
  losesPartials: value,
  respondsAfterRemoval: value,
  addsAfterRemoval: value,
  removalFreesGroups: value,
});

export const quirksOf: Readonly<Record<Behaviour, Quirks>> = {
  strictLinux72: all(true),
  fixed: all(false),
};
