import { resolveCacheSizes } from "../../core/configuration.js";
import type { CoreExports } from "../../core/exports.js";
import type { PortImports } from "../../core/guest-memory-port.js";
import { at, counterNames } from "../../core/layout.js";
import { status } from "../../core/results.js";
import type { TappedOptions, UnitTap } from "../../core/tap.js";
import { BlockWriter } from "./block-writer.js";
import type { CallKind } from "./call-kind.js";
import { CallOutcome } from "./call-outcome.js";
import { EntryWriter } from "./entry-writer.js";
import { BLOCK_BYTES, joinDigests, type RecordedUnit, type RecordingEnd } from "./format.js";
import { FullWalk } from "./full-walk.js";
import { RecordingError } from "./recording-error.js";
import { SeenMemory } from "./seen-memory.js";
import { FileSink, MemorySink, type RecordingSink } from "./sink.js";
import { BATCH_WORDS, watchCalls } from "./watched-calls.js";

/** The call whose outcome is not complete: a full outbox may have stopped it. */
interface OpenCall {
  readonly kind: CallKind;
  readonly words: readonly number[];
}

/**
 * Records everything that reaches one unit, from its creation on: `Iommu.create({ ..., tap: recorder })`, or as `tap`
 * of the unit of a machine, an emulator or a server. The recording exists when `finish` was called. One that cannot
 * be written on the way (a full disk) ends there, and `finish` tells.
 */
export class Recorder implements UnitTap {
  readonly #sink: RecordingSink;
  readonly #entries = new EntryWriter();
  #state: "new" | "recording" | "over" = "new";
  #failure: RecordingError | undefined;
  #options: TappedOptions | undefined;
  #exports: CoreExports | undefined;
  #blocks: BlockWriter | undefined;
  #memory: SeenMemory | undefined;
  #walk: FullWalk | undefined;
  readonly #outcome = new CallOutcome();
  #open: OpenCall | undefined;
  #calls = 0;
  #digest = 0;
  /** `beginAccess` by its number, from the token that it gave. */
  readonly #begun = new Map<number, number>();
  #begins = 0;

  constructor(sink: RecordingSink) {
    this.#sink = sink;
  }

  /** @throws RecordingError if the file cannot be made. */
  static toFile(path: string): Recorder {
    return new Recorder(new FileSink(path));
  }

  /** For a recording in memory: `sink.bytes` once it is finished. */
  static inMemory(): { recorder: Recorder; sink: MemorySink } {
    const sink = new MemorySink();
    return { recorder: new Recorder(sink), sink };
  }

  /** @throws RecordingError if the recording could not be written, or no unit was made with this recorder. */
  finish(): void {
    if (this.#state === "new") throw new RecordingError(this.#sink.name, "has no unit to record");
    if (this.#state === "recording") {
      this.#writing(() => {
        this.#close();
        this.#blocks?.calls(this.#entries.take());
        this.#blocks?.end(this.#end());
        this.#sink.finish();
      });
    }
    this.#stop();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** There will be no recording. */
  abandon(): void {
    this.#stop();
    this.#sink.abandon();
  }

  #stop(): void {
    this.#state = "over";
    if (this.#memory !== undefined) this.#memory.watching = false;
  }

  attached(options: TappedOptions): void {
    if (this.#options !== undefined) {
      throw new Error("a recorder is for one unit: make another recorder for another unit");
    }
    this.#options = options;
  }

  memory(port: PortImports): PortImports {
    this.#memory = new SeenMemory(port, this.#entries, this.#outcome);
    return this.#memory.imports;
  }

  async calls(exports: CoreExports): Promise<CoreExports> {
    const [options, memory] = [this.#options, this.#memory];
    if (options === undefined || memory === undefined) throw new Error("the tap is not attached");
    this.#exports = exports;
    this.#outcome.attach(exports.memory);
    this.#walk = await FullWalk.create(exports, options, memory.walkImports);
    this.#state = "recording";
    memory.watching = true;
    this.#writing(() => {
      this.#blocks = new BlockWriter(this.#sink, { unit: describe(options) });
    });
    return watchCalls(exports, {
      call: (kind, words, run) => this.#call(kind, words, run),
      resumed: (run) => this.#resumed(run),
      explaining: (on) => {
        memory.watching = !on && this.#state === "recording";
      },
    });
  }

  restoring(): void {
    if (this.#state !== "over") {
      throw new Error("a unit that is recorded cannot go on from a snapshot: finish the recording");
    }
  }

  get #isRecording(): boolean {
    return this.#state === "recording" && this.#memory?.watching === true;
  }

  #call(kind: CallKind, words: readonly number[], run: () => number): number {
    const [memory, outcome] = [this.#memory, this.#outcome];
    if (!this.#isRecording || memory === undefined) return run();
    this.#writing(() => {
      this.#close();
    });
    memory.walking(() => {
      this.#walk?.before(kind, words);
    });
    memory.beginCall();
    outcome.begin();
    const answer = run();
    outcome.answered(kind, answer);
    this.#open = this.#describeCall(kind, words, answer, outcome.processed);
    return answer;
  }

  #resumed(run: () => number): number {
    if (!this.#isRecording) return run();
    const answer = run();
    this.#outcome.addMessages();
    return answer;
  }

  /** Undefined for a call that had no effect. */
  #describeCall(
    kind: CallKind,
    words: readonly number[],
    answer: number,
    processed: number,
  ): OpenCall | undefined {
    if (kind === "translateBatch") return { kind, words: words.slice(0, processed * BATCH_WORDS) };
    if (kind === "beginAccess") this.#begin(answer);
    if (kind === "reset") this.#begun.clear();
    if (kind !== "endAccess") return { kind, words };
    const begun = this.#begun.get(words[0]!);
    if (answer === 0 || begun === undefined) return undefined;
    this.#begun.delete(words[0]!);
    return { kind, words: [this.#begins - begun] };
  }

  #begin(answer: number): void {
    const number = this.#begins++;
    if (answer !== status.ok) return;
    const view = new DataView(this.#exports!.memory.buffer);
    this.#begun.set(view.getInt32(at("RESULT") + at("RESULT_TOKEN"), true), number);
  }

  /** Writes the call before, which is over now. */
  #close(): void {
    const call = this.#open;
    if (call === undefined) return;
    this.#open = undefined;
    const { digest } = this.#outcome;
    this.#entries.call({ ...call, digest });
    this.#calls++;
    this.#digest = joinDigests(this.#digest, digest);
    if (this.#entries.length >= BLOCK_BYTES) this.#blocks?.calls(this.#entries.take());
  }

  /** The unit must not notice that its recording fails. */
  #writing(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      this.#failure ??= error;
      this.abandon();
    }
  }

  #end(): RecordingEnd {
    const view = new DataView(this.#exports!.memory.buffer);
    const counters = counterNames.map((name, index) => {
      return [name, String(view.getBigUint64(at("COUNTERS") + 8 * index, true))];
    });
    return {
      calls: this.#calls,
      digest: this.#digest,
      counters: Object.fromEntries(counters) as RecordingEnd["counters"],
    };
  }
}

function describe(options: TappedOptions): RecordedUnit {
  const { capabilities, caches, preset, faultCollapse, trace, reportWrites } = options;
  return {
    preset,
    version: capabilities.version,
    hostAddressWidth: capabilities.hostAddressWidth,
    capabilities: capabilities.values,
    caches: resolveCacheSizes(caches),
    faultCollapse,
    invalidationTimeout: String(options.invalidationTimeout),
    trace,
    reportWrites,
  };
}
