/**
 * The part of Perfetto's trace format that we write: numbers of the fields of its messages, which are
 * stable. A file is one Trace; all of its packets are of one sequence.
 */
export const Trace = { packet: 1 } as const;

export const TracePacket = {
  timestamp: 8,
  trustedPacketSequenceId: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  trackDescriptor: 60,
  firstPacketOnSequence: 87,
} as const;

/** Bits of TracePacket.sequence_flags. */
export const SequenceFlag = { incrementalStateCleared: 1, needsIncrementalState: 2 } as const;

export const TrackDescriptor = {
  uuid: 1,
  name: 2,
  parentUuid: 5,
  counter: 8,
  childOrdering: 11,
  siblingOrderRank: 12,
  description: 14,
  siblingMergeBehavior: 15,
} as const;

/** TrackDescriptor.child_ordering: as the ranks of the children say. */
export const CHILDREN_BY_RANK = 3;
/** TrackDescriptor.sibling_merge_behavior: tracks of one name under one parent are drawn as one. */
export const MERGE_BY_NAME = 1;
/** TrackDescriptor.sibling_merge_behavior: a track is drawn by itself whatever its name is. */
export const MERGE_NOT = 2;

export const CounterDescriptor = { unitName: 6 } as const;

export const TrackEvent = {
  debugAnnotations: 4,
  type: 9,
  nameIid: 10,
  trackUuid: 11,
  doubleCounterValue: 44,
  flowIds: 47,
} as const;

export const EventType = { sliceBegin: 1, sliceEnd: 2, instant: 3, counter: 4 } as const;

export const InternedData = { eventNames: 2, debugAnnotationNames: 3 } as const;

/** EventName and DebugAnnotationName alike. */
export const Interned = { iid: 1, text: 2 } as const;

export const DebugAnnotation = {
  nameIid: 1,
  uintValue: 3,
  stringValue: 6,
  pointerValue: 7,
} as const;
