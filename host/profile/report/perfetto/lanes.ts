import type { Details, NewTrack, TrackEventWriter, TrackId } from "./track-event-writer.js";

/** Slices that may overlap: the viewer draws tracks of one name as one, and each has slices that do not. */
export class Lanes {
  readonly #writer: TrackEventWriter;
  readonly #track: NewTrack;
  readonly #most: number;
  readonly #lanes: { readonly id: TrackId; free: number }[] = [];
  #left = 0;

  /** @param most slices at a time; what goes beyond is left out */
  constructor(writer: TrackEventWriter, track: NewTrack, most: number) {
    this.#writer = writer;
    this.#track = { ...track, lane: true };
    this.#most = most;
  }

  /** Slices that were left out. */
  get leftOut(): number {
    return this.#left;
  }

  /** A slice that does not begin before those that came earlier. `inside` writes what it encloses. */
  slice(
    name: string,
    span: readonly [number, number],
    details: Details,
    { flow, inside }: { readonly flow?: number; readonly inside?: (lane: TrackId) => void } = {},
  ): void {
    const [from, to] = span;
    let lane = this.#lanes.find(({ free }) => free <= from);
    if (lane === undefined) {
      if (this.#lanes.length === this.#most) {
        this.#left += 1;
        return;
      }
      lane = { id: this.#writer.track(this.#track), free: 0 };
      this.#lanes.push(lane);
    }
    const { id } = lane;
    lane.free = to;
    this.#writer.slice(id, name, span, details, {
      ...(flow !== undefined && { flow }),
      inside: () => inside?.(id),
    });
  }
}
