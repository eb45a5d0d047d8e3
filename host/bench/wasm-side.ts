import { at } from "../core/layout.js";
import type { Core } from "../core/core.js";
import { addToChecksum } from "./checksum.js";
import { median } from "./statistics.js";
import type { Passes, Side } from "./side.js";

/** Runs the stream of a case through a core whose tables and registers are in place. */
export class WasmSide implements Side {
  constructor(
    private readonly core: Core,
    private readonly batches: readonly Uint8Array[],
  ) {}

  run(passes: number): Passes {
    const { exports } = this.core;
    const records = at("BATCH");
    const room = new Uint8Array(exports.memory.buffer, records, this.batches[0]!.length);
    const words = new Uint32Array(exports.memory.buffer, records, room.length / 4);
    const count = room.length / at("REQUEST_SIZE");
    const times: number[] = [];
    let failures = 0;
    let checksum = 0;
    for (let pass = 0; pass < passes; pass++) {
      for (const batch of this.batches) {
        room.set(batch);
        const start = performance.now();
        failures += exports.translateBatch(records, count);
        times.push(performance.now() - start);
        checksum = addToChecksum(checksum, words);
      }
    }
    return { nanoseconds: 1e6 * median(times), checksum, failures };
  }

  counters(): ReturnType<Side["counters"]> {
    return Promise.resolve(this.core.counters());
  }

  close(): void {
    // Nothing but memory.
  }
}
