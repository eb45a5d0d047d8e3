import type { ProfileObserver, RequestAccount } from "../profile/index.js";
import { keptRequest, type KeptRequest, type KeptSpan } from "../profile/report/kept-request.js";
import { deviceName, pasidName, stageText, waitText } from "../profile/report/names.js";
import { UsageError } from "./exit-code.js";
import { countText, hex, parseNumberIn } from "./numbers.js";
import { textTable } from "./text-table.js";

const SLOWEST = "slowest";
const MOST = 1e9;

/** Keeps one request of a run: that of a number, or the one that took longest. */
export class WatchedRequest implements ProfileObserver {
  readonly #which: number | typeof SLOWEST;
  #kept: KeptRequest | undefined;
  #most = -1;

  /** @throws UsageError if the text is neither a number, counted from 0, nor "slowest" */
  constructor(text: string) {
    const isNumber = /^\d+$/.test(text);
    if (text !== SLOWEST && !isNumber) {
      throw new UsageError(`--request "${text}": expected a number, from 0 on, or ${SLOWEST}`);
    }
    this.#which = isNumber ? parseNumberIn("--request", text, 0, MOST) : SLOWEST;
  }

  request(account: RequestAccount): void {
    const cycles = account.finished - account.arrival;
    const isWanted = this.#which === SLOWEST ? cycles > this.#most : account.index === this.#which;
    if (!isWanted) return;
    this.#most = cycles;
    this.#kept = keptRequest(account);
  }

  end(): void {
    // What there is to say of it is in `text`.
  }

  /** Its stages in their order. @throws UsageError if the run had no such request */
  text(requests: number): string {
    const kept = this.#kept;
    if (kept === undefined) {
      throw new UsageError(
        `--request ${this.#which}: the run has ${countText(requests)} requests, counted from 0`,
      );
    }
    const { name, sourceId, pasid, address, way, arrival, finished, spans } = kept;
    const cycles = countText(finished - arrival);
    const width = Math.max(...spans.map(({ start }) => countText(start).length));
    return [
      `  ${name} of ${deviceName(sourceId)}, ${pasidName(pasid)}, at ${hex(address)}: a ${way}\n`,
      `  arrives in cycle ${countText(arrival)}, ends in ${countText(finished)}, after ${cycles} cycles\n\n`,
      textTable(
        spans.map((span) => [
          countText(span.start).padStart(width),
          countText(span.end - span.start).padStart(cycles.length),
          spanText(span),
        ]),
      ),
    ].join("");
  }

  /** Which one it is. */
  get title(): string {
    return this.#which === SLOWEST
      ? `The slowest request, number ${countText(this.#kept?.index ?? 0)}`
      : `Request ${countText(this.#which)}`;
  }
}

function spanText({ stage, cause, level, walker }: KeptSpan): string {
  const place = [
    ...(level > 0 ? [`level ${level}`] : []),
    ...(walker >= 0 ? [`walker ${walker}`] : []),
  ];
  return [stageText(stage), ...place, ...(cause === 0 ? [] : [waitText(cause)])].join(", ");
}
