import { createCoreOver, type Core } from "../../core/core.js";
import type { CoreExports } from "../../core/exports.js";
import type { PortImports } from "../../core/guest-memory-port.js";
import { at } from "../../core/layout.js";
import type { TappedOptions } from "../../core/tap.js";
import { isRequest, type CallKind } from "./call-kind.js";
import { BATCH_WORDS, callOf } from "./watched-calls.js";

const OUTBOX_HEAD = at("LATCH") + at("LATCH_OUTBOX_HEAD");
const OUTBOX_TAIL = at("LATCH") + at("LATCH_OUTBOX_TAIL");
const SMALLEST_CACHES = {
  context: 1,
  pasid: 1,
  iotlb: 1,
  firstStagePaging: 1,
  secondStagePaging: 1,
  interruptEntry: 1,
};

/**
 * Reads every word that a request could need, whatever the caches hold: a second core with the registers of the
 * first and empty caches does each request ahead of it, as a dry run.
 */
export class FullWalk {
  readonly #unit: CoreExports;
  readonly #twin: Core;
  readonly #registerBytes: number;

  private constructor(unit: CoreExports, twin: Core, registerBytes: number) {
    this.#unit = unit;
    this.#twin = twin;
    this.#registerBytes = registerBytes;
  }

  static async create(
    unit: CoreExports,
    options: TappedOptions,
    port: Pick<PortImports, "read64" | "failed">,
  ): Promise<FullWalk> {
    const imports: PortImports = {
      ...port,
      // A dry run writes nothing, and asks for the exchange of a word with itself.
      write64: () => 1,
      compareExchange64: (address) => port.read64(address),
    };
    const twin = await createCoreOver(imports, {
      ...options,
      caches: SMALLEST_CACHES,
      reportWrites: false,
      trace: false,
    });
    return new FullWalk(unit, twin, options.capabilities.registerBytes);
  }

  before(kind: CallKind, words: readonly number[]): void {
    if (kind === "translateBatch") {
      for (let record = 0; record < words.length; record += BATCH_WORDS) {
        this.#walk("translate", words.slice(record, record + BATCH_WORDS));
      }
    } else if (isRequest(kind) || kind === "remapInterrupt") {
      this.#walk(kind === "beginAccess" ? "translate" : kind, words);
    }
  }

  #walk(kind: CallKind, words: readonly number[]): void {
    const { exports } = this.#twin;
    this.#becomeTwin();
    exports.loadState();
    exports.explain(1);
    callOf(exports, kind)(...words);
  }

  /** The registers of the unit, what it latched of them, and nothing in the caches nor on its way. */
  #becomeTwin(): void {
    const { exports, stateEnd, view } = this.#twin;
    const from = new Uint8Array(this.#unit.memory.buffer);
    const to = new Uint8Array(exports.memory.buffer);
    const copy = (start: number, length: number): void => {
      to.set(from.subarray(start, start + length), start);
    };
    copy(at("REGISTERS"), this.#registerBytes);
    copy(at("LATCH"), at("LATCH_SIZE"));
    view.setUint32(OUTBOX_HEAD, view.getUint32(OUTBOX_TAIL, true), true);
    to.fill(0, at("CACHES"), stateEnd);
  }
}
