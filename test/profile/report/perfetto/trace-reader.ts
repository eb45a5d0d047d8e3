import { messageOf, messagesIn, numberIn, textIn, type Message } from "./wire.js";

export interface ReadTrack {
  readonly uuid: number;
  readonly name: string;
  readonly parent: number | undefined;
  readonly isCounter: boolean;
}

export interface ReadSlice {
  readonly track: ReadTrack;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** The slice around it. */
  readonly around: ReadSlice | undefined;
  readonly details: Readonly<Record<string, string | number>>;
  readonly flow: bigint | undefined;
}

export interface ReadTrace {
  readonly tracks: ReadonlyMap<number, ReadTrack>;
  readonly slices: readonly ReadSlice[];
  readonly values: readonly { track: ReadTrack; at: number; value: number }[];
}

interface Open extends Omit<ReadSlice, "to"> {
  to: number;
}

/**
 * Reads a trace as Perfetto's documentation of its format says (trace_packet.proto, track_event.proto,
 * track_descriptor.proto): with the numbers of the fields, and by its rules. What breaks one is an error.
 */
export function readTrace(bytes: Uint8Array): ReadTrace {
  const reader = new TraceReader();
  const packets = messagesIn(messageOf(bytes), 1);
  for (const [index, packet] of packets.entries()) reader.packet(packet, index === 0);
  return reader.trace();
}

class TraceReader {
  readonly #tracks = new Map<number, ReadTrack>();
  readonly #names = new Map<number, string>();
  readonly #detailNames = new Map<number, string>();
  readonly #events: { at: number; event: Message }[] = [];

  packet(packet: Message, isFirst: boolean): void {
    expectThat(numberIn(packet, 10) === 1, "a packet has another trusted_packet_sequence_id");
    // SEQ_INCREMENTAL_STATE_CLEARED begins the sequence; SEQ_NEEDS_INCREMENTAL_STATE for what follows.
    expectThat(numberIn(packet, 13) === (isFirst ? 1 : 2), "sequence_flags are wrong");
    expectThat((numberIn(packet, 87) === 1) === isFirst, "first_packet_on_sequence is wrong");
    for (const interned of messagesIn(packet, 12)) {
      learn(this.#names, messagesIn(interned, 2));
      learn(this.#detailNames, messagesIn(interned, 3));
    }
    for (const descriptor of messagesIn(packet, 60)) this.#track(descriptor);
    for (const event of messagesIn(packet, 11)) {
      const at = numberIn(packet, 8);
      expectThat(at !== undefined, "an event has no timestamp");
      for (const iid of [numberIn(event, 10)]) {
        expectThat(
          iid === undefined || this.#names.has(iid),
          `name_iid ${iid} came before its name`,
        );
      }
      this.#events.push({ at: at!, event });
    }
  }

  trace(): ReadTrace {
    const slices: Open[] = [];
    const values: { track: ReadTrack; at: number; value: number }[] = [];
    const stacks = new Map<number, Open[]>();
    // As Perfetto sorts: by time, and what has the same time stays in order.
    for (const { at, event } of this.#events.sort((a, b) => a.at - b.at)) {
      const track = this.#tracks.get(numberIn(event, 11) ?? 0);
      expectThat(track !== undefined, `there is no track ${numberIn(event, 11)}`);
      const stack = stacks.get(track!.uuid) ?? [];
      stacks.set(track!.uuid, stack);
      const type = numberIn(event, 9);
      expectThat((type === 4) === track!.isCounter, `an event of type ${type} on ${track!.name}`);
      if (type === 1) {
        const slice = this.#slice(event, track!, at, stack.at(-1));
        slices.push(slice);
        stack.push(slice);
      } else if (type === 2) {
        const slice = stack.pop();
        expectThat(slice !== undefined, `a slice of ${track!.name} ends that did not begin`);
        slice!.to = at;
      } else {
        expectThat(type === 4, `an event has the type ${type}`);
        const value = event.get(44)![0] as bigint;
        values.push({ track: track!, at, value: doubleOf(value) });
      }
    }
    for (const [uuid, { length }] of stacks) {
      expectThat(length === 0, `${length} slices of track ${uuid} do not end`);
    }
    return { tracks: this.#tracks, slices, values };
  }

  #track(descriptor: Message): void {
    const uuid = numberIn(descriptor, 1)!;
    const parent = numberIn(descriptor, 5);
    expectThat(uuid > 0 && !this.#tracks.has(uuid), `two tracks have the uuid ${uuid}`);
    expectThat(parent === undefined || this.#tracks.has(parent), `no track ${parent} for a parent`);
    const name = textIn(descriptor, 2)!;
    this.#tracks.set(uuid, { uuid, name, parent, isCounter: descriptor.has(8) });
  }

  #slice(event: Message, track: ReadTrack, from: number, around: Open | undefined): Open {
    const details = messagesIn(event, 4).map((detail) => {
      const name = this.#detailNames.get(numberIn(detail, 1)!);
      expectThat(name !== undefined, "a detail came before its name");
      return [name!, textIn(detail, 6) ?? numberIn(detail, 3) ?? numberIn(detail, 7)!] as const;
    });
    const name = this.#names.get(numberIn(event, 10)!)!;
    const flow = event.get(47)?.[0] as bigint | undefined;
    return { track, name, from, to: NaN, around, details: Object.fromEntries(details), flow };
  }
}

function learn(known: Map<number, string>, entries: readonly Message[]): void {
  for (const entry of entries) {
    const iid = numberIn(entry, 1)!;
    expectThat(iid > 0 && !known.has(iid), `the interning id ${iid} has two values`);
    known.set(iid, textIn(entry, 2)!);
  }
}

function doubleOf(bits: bigint): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bits);
  return bytes.readDoubleLE();
}

function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
