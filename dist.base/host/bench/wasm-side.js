import { at } from "../core/layout.js";
import { addToChecksum } from "./checksum.js";
import { median } from "./statistics.js";
/** Runs the stream of a case through a core whose tables and registers are in place. */
export class WasmSide {
    core;
    batches;
    constructor(core, batches) {
        this.core = core;
        this.batches = batches;
    }
    run(passes) {
        const { exports } = this.core;
        const records = at("BATCH");
        const room = new Uint8Array(exports.memory.buffer, records, this.batches[0].length);
        const words = new Uint32Array(exports.memory.buffer, records, room.length / 4);
        const count = room.length / at("REQUEST_SIZE");
        const times = [];
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
    counters() {
        return Promise.resolve(this.core.counters());
    }
    close() {
        // Nothing but memory.
    }
}
