import { describe, expect, it } from "vitest";
import { batchCases } from "../../host/bench/cases.js";
import { BenchError, measurePair } from "../../host/bench/measure.js";
import type { Passes, Side } from "../../host/bench/side.js";
import { counterNames, type CounterName } from "../../host/core/layout.js";

const benchCase = { ...batchCases[0]!, batches: 1, counts: { iotlbHits: 1 } };
const OPERATIONS = 10;

interface Behaviour {
  /** Nanoseconds of the run of that number. */
  readonly time?: (run: number) => number;
  readonly result?: Partial<Passes>;
  /** Hits that a pass counts. */
  readonly hits?: number;
}

/** A side whose clock is written down. */
class FakeSide implements Side {
  readonly passes: number[] = [];
  #hits = 0;
  constructor(private readonly behaviour: Behaviour = {}) {}

  run(passes: number): Passes {
    this.passes.push(passes);
    this.#hits += passes * (this.behaviour.hits ?? OPERATIONS);
    const time = this.behaviour.time ?? (() => 1000);
    const nanoseconds = time(this.passes.length);
    return { nanoseconds, checksum: 7, failures: 0, ...this.behaviour.result };
  }

  counters(): Promise<Record<CounterName, bigint>> {
    const counters = Object.fromEntries(counterNames.map((name) => [name, 0n]));
    return Promise.resolve({
      ...(counters as Record<CounterName, bigint>),
      iotlbHits: BigInt(this.#hits),
    });
  }

  close(): void {
    // Nothing is open.
  }
}

const measure = (wasm: Side, native?: Side, rounds = 5) =>
  measurePair(benchCase, rounds, OPERATIONS, wasm, native, 0);

describe("measurePair", () => {
  it("answers the median time of one operation, and the quartiles", async () => {
    const wasm = new FakeSide({ time: (run) => run * 10 });
    const { wasm: figures, native } = await measure(wasm, undefined, 9);
    // One operation of round n takes n ns; eight rounds warm up.
    expect(figures).toEqual({ median: 13, least: 9, lowerQuartile: 11, upperQuartile: 15 });
    expect(native).toBeUndefined();
  });

  it("answers the median of the ratios by round, not the ratio of the medians", async () => {
    const slow = (run: number) => (run % 2 === 0 ? 2000 : 1000);
    const wasm = new FakeSide({ time: slow });
    const native = new FakeSide({ time: (run) => slow(run) / 4 });
    const { native: result } = await measure(wasm, native);
    expect(result?.ratio).toBe(4);
  });

  it("gives both sides the same passes", async () => {
    const wasm = new FakeSide();
    const native = new FakeSide({ time: () => 10 });
    await measure(wasm, native);
    expect(wasm.passes).toEqual(native.passes);
  });

  it.each([
    ["outputs that differ", { result: { checksum: 8 } }, /checksums are 0x7 and 0x8/],
    ["a request that did not translate", { result: { failures: 3 } }, /3 requests did not/],
    ["counters that differ", { hits: 9 }, /wasm counts 10 iotlbHits, native 9/],
  ])("refuses %s", async (_, behaviour, message) => {
    const measured = measure(new FakeSide(), new FakeSide(behaviour));
    await expect(measured).rejects.toThrow(BenchError);
    await expect(measured).rejects.toThrow(message);
  });

  it("refuses a case that does not count what it says", async () => {
    await expect(measure(new FakeSide({ hits: 4 }))).rejects.toThrow(/iotlbHits is 4, expected 10/);
  });
});
