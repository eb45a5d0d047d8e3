import { encodeEntry, entryAt } from "./entry.js";
import { xapicDestination } from "./interrupt-table.js";
import { POSTED_DESCRIPTOR } from "./structures.js";
import { hex } from "./table-memory.js";
const PIR_WORDS = 4;
/** A posted-interrupt descriptor in guest memory (§5.2.2, §9.11). */
export class PostedDescriptor {
    /** The descriptor with its fields. */
    entry;
    constructor(options) {
        const { memory, address, vector, destination } = options;
        if (address % 64n !== 0n) {
            throw new RangeError(`address is ${hex(address)}: expected a multiple of 0x40`);
        }
        this.entry = entryAt(memory, POSTED_DESCRIPTOR, address, 0);
        const fields = {
            NV: vector,
            NDST: options.extended === true ? destination : xapicDestination(destination),
            SN: options.suppressed ?? false,
        };
        this.entry.write(encodeEntry(POSTED_DESCRIPTOR, fields));
    }
    /** Writes a descriptor without posted interrupts. Throws a RangeError if a value does not fit. */
    static create(options) {
        return new PostedDescriptor(options);
    }
    /** Vectors posted and not taken yet, in rising order. */
    get posted() {
        const words = this.entry.read().slice(0, PIR_WORDS);
        return words.flatMap((word, index) => Array.from({ length: 64 }, (_, bit) => bit)
            .filter((bit) => ((word >> BigInt(bit)) & 1n) !== 0n)
            .map((bit) => 64 * index + bit));
    }
    /** Takes what was posted, as a processor does on a notification: ON first, then PIR. */
    take() {
        this.entry.set({ ON: 0 });
        const vectors = this.posted;
        this.entry.set({ PIR_0: 0, PIR_1: 0, PIR_2: 0, PIR_3: 0 });
        return vectors;
    }
}
