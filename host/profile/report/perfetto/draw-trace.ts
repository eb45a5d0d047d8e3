import { pageFaultParts, sampledCounters, type ProfileResult } from "../../account/index.js";
import { deviceName, pasidName, stageText, waitText, words } from "../names.js";
import type { KeptRequest, KeptSpan } from "../kept-request.js";
import { Lanes } from "./lanes.js";
import type { TraceRecord } from "./trace-record.js";
import type { NewTrack, TrackEventWriter, TrackId } from "./track-event-writer.js";

/** Requests of a device, of a PASID or of all page groups that are drawn at a time. */
const LANES = 256;
/** Tracks of devices, and of PASIDs; those that come later share one. */
const TRACKS = 64;

/** Writes all tracks of a trace, once the run is over. */
export function drawTrace(
  writer: TrackEventWriter,
  record: TraceRecord,
  result: ProfileResult,
): void {
  const requests = record.requests.kept.sort((a, b) => a.arrival - b.arrival || a.index - b.index);
  const top = (rank: number, name: string, description: string): TrackId =>
    writer.track({ rank, name, description });
  drawAbout(writer, record, result, requests.length);
  drawCounters(writer, top(1, "Counters", "means over spans of equal length"), record);
  drawWalkers(writer, top(2, "Page walkers", "who walks, and reads what"), requests);
  drawDevices(
    writer,
    top(3, "Devices", "requests with their stages, and what they wait for"),
    requests,
  );
  drawPasids(
    writer,
    top(4, "PASIDs", "requests of each address space, by the way they took"),
    requests,
  );
  drawPageGroups(writer, top(5, "Page groups", "page requests and their answers"), record);
  drawUnitWork(writer, top(6, "Unit and driver", "work that belongs to no request"), record);
  writer.flush();
}

function drawAbout(
  writer: TrackEventWriter,
  record: TraceRecord,
  result: ProfileResult,
  shown: number,
): void {
  const track = writer.track({ rank: 0, name: "viommu profile", description: "1 ns is 1 cycle" });
  const { requests, pageGroups } = record;
  const [from, to] = record.window;
  const end = Math.max(from, Math.min(to, record.last));
  writer.slice(track, `${result.workload}, timing ${result.timing}`, [from, end], {
    unit: "1 ns of this trace is 1 cycle",
    version: result.configuration.version,
    workload: result.workload,
    timing: result.timing,
    seed: result.configuration.seed,
    requests: result.requests,
    "requests in the window": record.seen,
    "requests shown": shown,
    sampling:
      requests.every === 1
        ? "all requests of the window"
        : `one of ${requests.every} runs of ${requests.run} neighbouring requests`,
    "page groups":
      pageGroups.every === 1 ? "all" : `one of ${pageGroups.every} runs of ${pageGroups.run}`,
  });
}

function drawCounters(writer: TrackEventWriter, parent: TrackId, record: TraceRecord): void {
  const [from] = record.window;
  const length = Math.max(0, record.last - from);
  let rank = 0;
  const draw = (track: NewTrack, points: Iterable<readonly [number, number]>): void => {
    const id = writer.track({ ...track, parent, rank: rank++ });
    let before: number | undefined;
    for (const [at, value] of points) {
      if (value !== before) writer.value(id, from + at, value);
      before = value;
    }
  };
  for (const { name, description } of sampledCounters) {
    const means = record.counters.get(name)!.means(length);
    if (means.every(({ mean }) => mean === 0)) continue;
    draw(
      { name: words(name), description, unit: "mean" },
      means.map(({ from: at, mean }) => [at, mean]),
    );
  }
  for (const [name, { lookups, hits }] of record.lookups) {
    const counts = lookups.sums();
    if (counts.length === 0) continue;
    const found = hits.sums(lookups.width);
    draw(
      {
        name: `${words(name)} hit rate`,
        description: `hits in 100 lookups of requests that arrive in ${lookups.width} cycles`,
        unit: "%",
      },
      counts.flatMap((count, span) =>
        count === 0 ? [] : [[span * lookups.width, (100 * (found[span] ?? 0)) / count] as const],
      ),
    );
  }
}

function drawWalkers(
  writer: TrackEventWriter,
  parent: TrackId,
  requests: readonly KeptRequest[],
): void {
  const walks = requests.flatMap((request) =>
    walksOf(request).map((spans) => ({ request, spans })),
  );
  walks.sort((a, b) => a.spans[0]!.start - b.spans[0]!.start || a.request.index - b.request.index);
  const tracks = new LaneSet(writer, parent, "all other walkers");
  for (const { request, spans } of walks) {
    const walker = spans[0]!.walker;
    const lanes = tracks.of(walker, `walker ${walker}`);
    const name = `${deviceName(request.sourceId)} ${pasidName(request.pasid)}`;
    lanes.slice(name, [spans[0]!.start, spans.at(-1).end], detailsOf(request), {
      flow: request.index + 1,
      inside: (lane) => {
        drawSpans(writer, lane, spans);
      },
    });
  }
}

/** Spans that one walker works on without a break. */
function walksOf({ spans }: KeptRequest): KeptSpan[][] {
  const walks: KeptSpan[][] = [];
  let walker = -1;
  for (const span of spans) {
    if (span.walker >= 0 && span.walker === walker) walks.at(-1).push(span);
    else if (span.walker >= 0) walks.push([span]);
    walker = span.walker;
  }
  return walks;
}

function drawDevices(
  writer: TrackEventWriter,
  parent: TrackId,
  requests: readonly KeptRequest[],
): void {
  const tracks = new LaneSet(writer, parent, "all other devices");
  for (const request of requests) {
    const lanes = tracks.of(request.sourceId, deviceName(request.sourceId));
    lanes.slice(request.name, [request.arrival, request.finished], detailsOf(request), {
      flow: request.index + 1,
      inside: (lane) => {
        drawSpans(writer, lane, request.spans);
      },
    });
  }
}

function drawPasids(
  writer: TrackEventWriter,
  parent: TrackId,
  requests: readonly KeptRequest[],
): void {
  const tracks = new LaneSet(writer, parent, "all other PASIDs");
  for (const request of requests) {
    if (request.pasid < 0) continue;
    const { sourceId, pasid } = request;
    const lanes = tracks.of(
      sourceId * 2 ** 20 + pasid,
      `${deviceName(sourceId)} ${pasidName(pasid)}`,
    );
    lanes.slice(request.way, [request.arrival, request.finished], { request: request.index });
  }
}

function drawSpans(writer: TrackEventWriter, track: TrackId, spans: readonly KeptSpan[]): void {
  for (const { stage, cause, level, start, end } of spans) {
    if (end === start) continue;
    const name = cause === 0 ? stageText(stage) : waitText(cause);
    writer.slice(track, level === 0 ? name : `${name}, level ${level}`, [start, end], {
      ...(cause !== 0 && { ahead: stageText(stage) }),
    });
  }
}

function detailsOf(request: KeptRequest) {
  return {
    request: request.index,
    device: deviceName(request.sourceId),
    ...(request.pasid >= 0 && { PASID: request.pasid }),
    address: request.address,
    stream: request.stream,
    way: request.way,
    ...(request.pageGroup !== undefined && { "page group": request.pageGroup }),
  };
}

function drawPageGroups(writer: TrackEventWriter, parent: TrackId, record: TraceRecord): void {
  const groups = record.pageGroups.kept.sort((a, b) => a.sent - b.sent || a.number - b.number);
  const lanes = new Lanes(writer, { parent, name: "page groups" }, LANES);
  for (const group of groups) {
    const { number, sourceId, pasid, pages } = group;
    const name = `${deviceName(sourceId)} ${pasidName(pasid)}`;
    const details = { group: number, device: deviceName(sourceId), pages };
    lanes.slice(name, [group.sent, group.retried], details, {
      inside: (lane) => {
        for (const part of pageFaultParts) {
          const span = [group[part.from], group[part.to]] as const;
          if (span[1] > span[0]) writer.slice(lane, part.name, span);
        }
      },
    });
  }
}

function drawUnitWork(writer: TrackEventWriter, parent: TrackId, record: TraceRecord): void {
  const tracks = new LaneSet(writer, parent, "other work");
  const work = record.unitWork.kept.sort((a, b) => a.start - b.start);
  for (const { engine, what, start, end } of work) {
    tracks.of(0, engine).slice(what, [start, end], {});
  }
}

/** A track of slices that may overlap for each of many things, the first of which have one of their own. */
class LaneSet {
  readonly #writer: TrackEventWriter;
  readonly #parent: TrackId;
  readonly #others: string;
  readonly #lanes = new Map<number, Lanes>();
  #otherLanes: Lanes | undefined;

  constructor(writer: TrackEventWriter, parent: TrackId, others: string) {
    this.#writer = writer;
    this.#parent = parent;
    this.#others = others;
  }

  of(number: number, name: string): Lanes {
    const found = this.#lanes.get(number);
    if (found !== undefined) return found;
    if (this.#lanes.size === TRACKS) return (this.#otherLanes ??= this.#made(this.#others, TRACKS));
    const lanes = this.#made(name, number);
    this.#lanes.set(number, lanes);
    return lanes;
  }

  #made(name: string, rank: number): Lanes {
    const parent = this.#parent;
    return new Lanes(this.#writer, { parent, name, rank }, LANES);
  }
}
