import type { CacheSizes } from "../../core/configuration.js";
import { faultConditions } from "../../spec/faults.js";
import { outcomeNumber, requestKinds, stageNumber, type RequestKind } from "../account/index.js";
import { Flight } from "../model/flight.js";
import { control } from "../model/program.js";
import { Replay, type Recording, type ReplayedCall } from "../recording/index.js";
import type { RecordedResult } from "../recording/index.js";
import { TouchTap } from "../touched/touch-tap.js";
import { Arrivals } from "./arrivals.js";
import { AwaitedPages } from "./awaited-pages.js";
import { arrivalParameters, type WorkloadParameter, type WorkloadValues } from "./parameters.js";
import type { PreparedWorkload } from "./workload.js";

/** How requests of a recording arrive: it has no time of its own. */
export const recordedParameters: readonly WorkloadParameter[] = arrivalParameters;

export interface RecordedOptions {
  readonly recording: Recording;
  readonly caches: CacheSizes;
  readonly values: WorkloadValues;
  readonly seed: number;
  /** After so many requests it ends. Default: at the end of the recording. */
  readonly requests?: number | undefined;
}

/** A recording as a workload: its calls, in their order, in a unit with these caches. */
export async function prepareRecorded(options: RecordedOptions): Promise<PreparedWorkload> {
  const { recording, caches, values, seed, requests = Infinity } = options;
  const tap = new TouchTap();
  const replay = await Replay.create(recording, { caches, tap, strict: true });
  const calls = new RecordedRequests(replay, tap);
  const arrivals = new Arrivals(values, seed);
  let made = 0;
  let arrival = -1;
  return {
    iommu: replay.iommu,
    streams: 1,
    next: (flight) => {
      if (made === requests || !calls.next(flight)) return false;
      if (flight.work === "") {
        made++;
        arrival = arrivals.next();
      }
      flight.scheduled = arrival;
      return true;
    },
    answered: (answers) => {
      calls.answered(answers);
    },
    get replay() {
      return made === requests ? undefined : replay.summary;
    },
  };
}

/** Makes requests of the calls of a replay: each, and what the unit did for it, in its place. */
class RecordedRequests {
  readonly #calls: Iterator<ReplayedCall>;
  readonly #tap: TouchTap;
  /** What the call under way touches. */
  readonly #touched = new Flight(-1);
  /** Requests of a batch that were not asked for yet, from `#nextInBatch` on. */
  readonly #batch: Flight[] = [];
  #inBatch = 0;
  #nextInBatch = 0;
  readonly #awaited = new AwaitedPages();

  constructor(replay: Replay, tap: TouchTap) {
    this.#calls = replay[Symbol.iterator]();
    this.#tap = tap;
    tap.onBatchRecord = (status, condition) => {
      this.#batchRecord(status, condition >>> 24);
    };
  }

  answered(answers: number): void {
    this.#awaited.answered(answers);
  }

  /** False at the end. */
  next(flight: Flight): boolean {
    for (;;) {
      if (this.#nextInBatch < this.#inBatch) {
        copyPlan(this.#batch[this.#nextInBatch++]!, flight);
        return true;
      }
      this.#inBatch = 0;
      this.#nextInBatch = 0;
      this.#touched.clear();
      this.#tap.flight = this.#touched;
      const call = this.#calls.next();
      this.#tap.flight = undefined;
      if (call.done === true) return false;
      const { value } = call;
      if (value.call.kind === "translateBatch") this.#describeBatch(value.call.requests);
      else if (this.#describe(flight, value)) return true;
    }
  }

  /** Fills in a request or work; false if the call was neither. */
  #describe(flight: Flight, { call, result, messages }: ReplayedCall): boolean {
    const responses = messages.flatMap(([kind, fields]) =>
      kind === "pageGroupResponse" ? [fields] : [],
    );
    for (const response of responses) this.#awaited.responded(response);
    switch (call.kind) {
      case "translate":
      case "beginAccess":
        this.#begin(flight, "translate", call.request);
        this.#access(flight, call.request.access, call.request.size ?? 8);
        this.#take(flight);
        this.#came(flight, result);
        flight.waitsFor = this.#awaited.answersOf(call.request);
        return true;
      case "translateTranslated":
        this.#begin(flight, "translated request", call.request);
        this.#access(flight, call.request.access, call.request.size ?? 8);
        this.#take(flight);
        this.#came(flight, result);
        return true;
      case "requestTranslation":
        this.#begin(flight, "translation request", call.request);
        this.#take(flight);
        this.#came(flight, result);
        flight.program.add(stageNumber.completion);
        flight.waitsFor = this.#awaited.answersOf(call.request);
        return true;
      case "remapInterrupt":
        this.#begin(flight, "interrupt", call.request);
        flight.bytes = 4;
        this.#take(flight);
        this.#came(flight, result);
        return true;
      case "requestPage":
        this.#pageRequest(flight, call.request, result);
        return true;
      case "reset":
        this.#awaited.clear();
        return false;
      default:
        return this.#work(flight, responses.length);
    }
  }

  #begin(
    flight: Flight,
    kind: RequestKind,
    from: { sourceId: number; pasid?: number | undefined; address: bigint },
  ): void {
    flight.kind = requestKinds.indexOf(kind);
    flight.sourceId = from.sourceId;
    flight.pasid = from.pasid ?? -1;
    flight.addressLow = Number(from.address & 0xffff_ffffn) | 0;
    flight.addressHigh = Number(from.address >> 32n) | 0;
    if (kind !== "page request") flight.program.add(stageNumber.request);
  }

  #access(flight: Flight, access: "read" | "write" | "atomic", size: number): void {
    flight.access = ["read", "write", "atomic"].indexOf(access);
    flight.bytes = access === "read" ? 0 : size;
  }

  /** What the call touched becomes part of the request. */
  #take(flight: Flight): void {
    const { program, lookups, hits } = this.#touched;
    for (let step = 0; step < program.length; step++) {
      flight.program.add(program.steps[step]! & 0xff, program.steps[step]! >> 8);
    }
    flight.lookups.set(lookups);
    flight.hits.set(hits);
  }

  #came(flight: Flight, result: RecordedResult | undefined): void {
    if (result === undefined) {
      flight.outcome = outcomeNumber.dropped;
    } else if (result.status === "fault") {
      flight.outcome = outcomeNumber.fault;
      flight.condition =
        1 + faultConditions.findIndex(({ condition }) => condition === result.condition);
      flight.program.add(stageNumber.faultReport);
    } else if (result.status === "blocked") {
      flight.outcome = outcomeNumber.blocked;
    } else if (result.status === "interrupt") {
      flight.outcome = outcomeNumber.interrupt;
    }
  }

  #describeBatch(
    requests: readonly {
      sourceId: number;
      pasid?: number | undefined;
      address: bigint;
      access: "read" | "write" | "atomic";
      size?: number;
    }[],
  ): void {
    this.#inBatch = Math.min(this.#inBatch, requests.length);
    for (let n = 0; n < this.#inBatch; n++) {
      const flight = this.#batch[n]!;
      const request = requests[n]!;
      const steps = [...flight.program.steps.subarray(0, flight.program.length)];
      flight.program.clear();
      this.#begin(flight, "translate", request);
      this.#access(flight, request.access, request.size ?? 8);
      flight.waitsFor = this.#awaited.answersOf(request);
      for (const step of steps) flight.program.add(step & 0xff, step >> 8);
    }
  }

  #batchRecord(status: number, condition: number): void {
    const flight = (this.#batch[this.#inBatch] ??= new Flight(-1));
    this.#inBatch++;
    flight.clear();
    this.#take(flight);
    flight.outcome = status;
    if (status === outcomeNumber.fault) {
      flight.condition = condition;
      flight.program.add(stageNumber.faultReport);
    }
    this.#touched.clear();
  }

  #pageRequest(
    flight: Flight,
    request: Extract<ReplayedCall["call"], { kind: "requestPage" }>["request"],
    result: RecordedResult | undefined,
  ): void {
    const { last } = request;
    this.#begin(flight, "page request", request);
    const accepted = result?.status === "accepted";
    const waits = accepted && last && (request.read || request.write);
    if (waits) flight.program.add(control.askForPages);
    flight.program.add(stageNumber.request);
    this.#take(flight);
    flight.program.add(stageNumber.pageRequestQueue);
    if (!accepted) {
      const answered = result?.status === "answered";
      flight.outcome = answered ? outcomeNumber.answered : outcomeNumber.dropped;
      if (answered) flight.program.add(stageNumber.completion);
      return;
    }
    this.#awaited.asked(request);
    if (!waits) return;
    const { pages, answers } = this.#awaited.lastAsked(request);
    flight.pages = pages;
    flight.answers = answers;
    const way = ["interrupt", "driver", "descriptorRead", "response", "completion"] as const;
    for (const step of way) flight.program.add(stageNumber[step]);
  }

  /** Descriptors that were executed, but for responses, which are part of the page requests that they answer. */
  #work(flight: Flight, responses: number): boolean {
    const { program } = this.#touched;
    let reads = responses;
    let executed = responses;
    for (let step = 0; step < program.length; step++) {
      const name = program.steps[step]! & 0xff;
      if (name === stageNumber.descriptorRead && reads-- > 0) continue;
      if (name === control.execute && executed-- > 0) continue;
      flight.program.add(name);
    }
    if (flight.program.length === 0) return false;
    flight.work = "descriptors of the recording";
    return true;
  }
}

/** What the workload knows of a request. */
function copyPlan(from: Flight, to: Flight): void {
  to.kind = from.kind;
  to.sourceId = from.sourceId;
  to.pasid = from.pasid;
  to.addressLow = from.addressLow;
  to.addressHigh = from.addressHigh;
  to.access = from.access;
  to.outcome = from.outcome;
  to.condition = from.condition;
  to.bytes = from.bytes;
  to.waitsFor = from.waitsFor;
  to.lookups.set(from.lookups);
  to.hits.set(from.hits);
  for (let step = 0; step < from.program.length; step++) {
    to.program.add(from.program.steps[step]! & 0xff, from.program.steps[step]! >> 8);
  }
}
