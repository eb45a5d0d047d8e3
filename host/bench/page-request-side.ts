import type { Core } from "../core/core.js";
import { at } from "../core/layout.js";
import type { GuestMemory } from "../memory/guest-memory.js";
import { addWordsToChecksum } from "./checksum.js";
import { median } from "./statistics.js";
import type { Passes, Side } from "./side.js";
import { offsetOf } from "./unit-setup.js";
import type { PageRequestPlace } from "./workload.js";

/** Status of a page request whose descriptor is in the queue (assembly/answer.ts). */
const ACCEPTED = 4;

/** Sends the page requests of a case to a core, one call each. */
export class PageRequestSide implements Side {
  constructor(
    private readonly core: Core,
    private readonly memory: GuestMemory,
    private readonly batches: readonly Uint8Array[],
    private readonly queue: PageRequestPlace,
  ) {}

  run(passes: number): Passes {
    const times: number[] = [];
    let failures = 0;
    let checksum = 0;
    for (let pass = 0; pass < passes; pass++) {
      for (const batch of this.batches) {
        this.#serviceRequests();
        const words = new Int32Array(batch.buffer);
        const start = performance.now();
        failures += this.#request(words);
        times.push(performance.now() - start);
        const queue = this.memory.readBytes(BigInt(this.queue.address), this.queue.bytes);
        checksum = addWordsToChecksum(checksum, new Uint32Array(queue.buffer));
      }
    }
    return { nanoseconds: 1e6 * median(times), checksum, failures };
  }

  #request(words: Int32Array): number {
    const { exports } = this.core;
    const step = at("REQUEST_SIZE") / 4;
    const requester = at("REQUEST_SOURCE_ID") / 4;
    const pasid = at("REQUEST_PASID") / 4;
    const flags = at("REQUEST_ACCESS") / 4;
    let failures = 0;
    for (let word = 0; word < words.length; word += step) {
      const status = exports.requestPage(
        words[word + requester]!,
        words[word + pasid]!,
        words[word]!,
        words[word + 1]!,
        words[word + flags]!,
      );
      if (status !== ACCEPTED) failures++;
    }
    return failures;
  }

  /** What software does when it has serviced all requests, but for the register write, which is counted. */
  #serviceRequests(): void {
    const { view } = this.core;
    const register = (name: string) => at("REGISTERS") + offsetOf(name);
    view.setBigUint64(register("PQH"), view.getBigUint64(register("PQT"), true), true);
  }

  counters(): ReturnType<Side["counters"]> {
    return Promise.resolve(this.core.counters());
  }

  close(): void {
    // Nothing but memory.
  }
}
