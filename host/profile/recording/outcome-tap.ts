import type { CoreExports } from "../../core/exports.js";
import type { PortImports } from "../../core/guest-memory-port.js";
import { at } from "../../core/layout.js";
import { Results } from "../../core/results.js";
import type { TappedOptions, UnitTap } from "../../core/tap.js";
import { CallOutcome } from "./call-outcome.js";
import { watchCalls } from "./watched-calls.js";

const ALL_ONES = (1n << 64n) - 1n;

/** Watches the calls of the replayed unit as the recorder watched those of the recorded one. */
export class OutcomeTap implements UnitTap {
  readonly outcome = new CallOutcome();
  results!: Results;
  /** What the last call answered. */
  answer = 0;
  #memory!: WebAssembly.Memory;
  readonly #inner: UnitTap | undefined;

  /** @param inner stands between this tap and the unit */
  constructor(inner?: UnitTap) {
    this.#inner = inner;
  }

  attached(options: TappedOptions): void {
    this.#inner?.attached(options);
  }
  memory(port: PortImports): PortImports {
    const behind = this.#inner?.memory(port) ?? port;
    return {
      read64: (address) => behind.read64(address),
      write64: (address, value) => {
        const done = behind.write64(address, value);
        if (done !== 0) this.outcome.wrote(address, value);
        return done;
      },
      compareExchange64: (address, expected, replacement) => {
        const found = BigInt.asUintN(64, behind.compareExchange64(address, expected, replacement));
        const failed = found === ALL_ONES && behind.failed() !== 0;
        if (!failed && found === BigInt.asUintN(64, expected)) {
          this.outcome.wrote(address, replacement);
        }
        return found;
      },
      failed: () => behind.failed(),
    };
  }
  async calls(unit: CoreExports): Promise<CoreExports> {
    const exports = (await this.#inner?.calls(unit)) ?? unit;
    const { memory } = exports;
    this.#memory = memory;
    this.outcome.attach(memory);
    let view = new DataView(memory.buffer);
    this.results = new Results(() => {
      if (view.byteLength === 0) view = new DataView(memory.buffer);
      return view;
    });
    return watchCalls(exports, {
      call: (kind, _words, run) => {
        this.outcome.begin();
        this.answer = run();
        this.outcome.answered(kind, this.answer);
        return this.answer;
      },
      resumed: (run) => {
        const answer = run();
        this.outcome.addMessages();
        return answer;
      },
      explaining: () => undefined,
    });
  }
  restoring(): void {
    throw new Error("a unit that replays a recording cannot go on from a snapshot");
  }

  /** Statuses of the records of the last batch. */
  statuses(records: number): number[] {
    const view = new DataView(this.#memory.buffer);
    const status = at("BATCH") + at("REQUEST_STATUS");
    return Array.from({ length: records }, (_, record) =>
      view.getUint32(status + record * at("REQUEST_SIZE"), true),
    );
  }
}
