import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

import type { Write } from "../../outputs/output.js";
import {
  CHILDREN_BY_RANK,
  CounterDescriptor,
  DebugAnnotation,
  EventType,
  Interned,
  InternedData,
  MERGE_BY_NAME,
  MERGE_NOT,
  SequenceFlag,
  Trace,
  TracePacket,
  TrackDescriptor,
  TrackEvent,
} from "./field-numbers.js";

/** Identifies a track within a file; 1 and up. */
export type TrackId = number;

export interface NewTrack {
  readonly name: string;
  readonly parent?: TrackId;
  readonly description?: string;
  /** Its place among the tracks of its parent; without one they stand as the viewer likes. */
  readonly rank?: number;
  /** Slices of tracks of one name under one parent are drawn together, as slices that overlap. */
  readonly lane?: boolean;
  /** The unit of a track of values; without one it is a track of slices. */
  readonly unit?: string;
}

/** What a reader sees of a slice when it is chosen: integers, 0 and up, decimal (number) or hexadecimal (bigint). */
export type Details = Readonly<Record<string, string | number | bigint>>;

/** Written out when so many bytes have come together. */
const CHUNK = 2 ** 18;
const SEQUENCE = 1;

/**
 * A Perfetto trace of track events. One nanosecond of the trace is one cycle: the viewer knows no cycles.
 * Slices of one track nest or follow each other, in the order in which they are written.
 */
export class TrackEventWriter {
  readonly #writer = new BinaryWriter();
  readonly #write: Write;
  readonly #names = new Map<string, number>();
  readonly #detailNames = new Map<string, number>();
  #pending = 0;
  #tracks = 0;
  #isFirst = true;

  constructor(write: Write) {
    this.#write = write;
  }

  track(track: NewTrack): TrackId {
    const writer = this.#writer;
    const uuid = ++this.#tracks;
    this.#begin();
    writer.tag(TracePacket.trackDescriptor, WireType.LengthDelimited).fork();
    this.#varint(TrackDescriptor.uuid, uuid);
    this.#text(TrackDescriptor.name, track.name);
    if (track.parent !== undefined) this.#varint(TrackDescriptor.parentUuid, track.parent);
    if (track.unit !== undefined) {
      writer.tag(TrackDescriptor.counter, WireType.LengthDelimited).fork();
      this.#text(CounterDescriptor.unitName, track.unit);
      writer.join();
    }
    this.#varint(TrackDescriptor.childOrdering, CHILDREN_BY_RANK);
    if (track.rank !== undefined) this.#varint(TrackDescriptor.siblingOrderRank, track.rank);
    if (track.description !== undefined) this.#text(TrackDescriptor.description, track.description);
    const merge = track.lane === true ? MERGE_BY_NAME : MERGE_NOT;
    this.#varint(TrackDescriptor.siblingMergeBehavior, merge);
    writer.join();
    this.#end();
    return uuid;
  }

  /** A slice with a beginning and an end, in cycles; what it encloses is written by `inside`. */
  slice(
    track: TrackId,
    name: string,
    [from, to]: readonly [number, number],
    details: Details = {},
    { flow, inside }: { readonly flow?: number; readonly inside?: () => void } = {},
  ): void {
    this.#event(track, from, EventType.sliceBegin, {
      name,
      details,
      ...(flow !== undefined && { flow }),
    });
    inside?.();
    this.#event(track, to, EventType.sliceEnd);
  }

  instant(track: TrackId, name: string, at: number, details: Details = {}): void {
    this.#event(track, at, EventType.instant, { name, details });
  }

  /** A track of values has this one from a cycle on. */
  value(track: TrackId, at: number, value: number): void {
    this.#event(track, at, EventType.counter, { value });
  }

  /** Writes what is left. */
  flush(): void {
    this.#write(this.#writer.finish());
    this.#pending = 0;
  }

  #event(
    track: TrackId,
    at: number,
    type: number,
    more: { name?: string; details?: Details; flow?: number; value?: number } = {},
  ): void {
    const writer = this.#writer;
    const { name, details = {}, flow, value } = more;
    this.#begin();
    this.#varint(TracePacket.timestamp, at);
    this.#intern(name, details);
    writer.tag(TracePacket.trackEvent, WireType.LengthDelimited).fork();
    this.#varint(TrackEvent.type, type);
    this.#varint(TrackEvent.trackUuid, track);
    if (name !== undefined) this.#varint(TrackEvent.nameIid, this.#names.get(name)!);
    for (const [key, detail] of Object.entries(details)) {
      writer.tag(TrackEvent.debugAnnotations, WireType.LengthDelimited).fork();
      this.#varint(DebugAnnotation.nameIid, this.#detailNames.get(key)!);
      if (typeof detail === "number") this.#varint(DebugAnnotation.uintValue, detail);
      else if (typeof detail === "string") this.#text(DebugAnnotation.stringValue, detail);
      else writer.tag(DebugAnnotation.pointerValue, WireType.Varint).uint64(detail);
      writer.join();
    }
    if (value !== undefined) {
      writer.tag(TrackEvent.doubleCounterValue, WireType.Bit64).double(value);
    }
    if (flow !== undefined) writer.tag(TrackEvent.flowIds, WireType.Bit64).fixed64(flow);
    writer.join();
    this.#end();
  }

  /** Texts of the event that the file has not had yet, with the numbers that stand for them. */
  #intern(name: string | undefined, details: Details): void {
    const keys = Object.keys(details);
    const isNew =
      (name !== undefined && !this.#names.has(name)) ||
      keys.some((key) => !this.#detailNames.has(key));
    if (!isNew) return;
    this.#writer.tag(TracePacket.internedData, WireType.LengthDelimited).fork();
    if (name !== undefined) this.#internIn(this.#names, InternedData.eventNames, name);
    for (const key of keys) {
      this.#internIn(this.#detailNames, InternedData.debugAnnotationNames, key);
    }
    this.#writer.join();
  }

  #internIn(known: Map<string, number>, field: number, text: string): void {
    if (known.has(text)) return;
    const iid = known.size + 1;
    known.set(text, iid);
    this.#writer.tag(field, WireType.LengthDelimited).fork();
    this.#varint(Interned.iid, iid);
    this.#text(Interned.text, text);
    this.#writer.join();
  }

  #begin(): void {
    this.#writer.tag(Trace.packet, WireType.LengthDelimited).fork();
    this.#varint(TracePacket.trustedPacketSequenceId, SEQUENCE);
    if (this.#isFirst) {
      this.#varint(TracePacket.firstPacketOnSequence, 1);
      this.#varint(TracePacket.sequenceFlags, SequenceFlag.incrementalStateCleared);
    } else {
      this.#varint(TracePacket.sequenceFlags, SequenceFlag.needsIncrementalState);
    }
    this.#isFirst = false;
  }

  #end(): void {
    this.#writer.join();
    // At least: how many bytes are waiting, only the library knows.
    this.#pending += 16;
    if (this.#pending >= CHUNK) this.flush();
  }

  #varint(field: number, value: number): void {
    this.#writer.tag(field, WireType.Varint);
    if (value < 2 ** 32) this.#writer.uint32(value);
    else this.#writer.uint64(BigInt(value));
  }

  #text(field: number, text: string): void {
    this.#writer.tag(field, WireType.LengthDelimited).string(text);
  }
}
