import { FIRST_STAGE_ENTRY, maskOf } from "./structures.js";
import { PageTable } from "./page-table.js";
import { encodeEntry } from "./entry.js";
import { hex } from "./table-memory.js";
const PRESENT = maskOf(FIRST_STAGE_ENTRY, "P");
/**
 * First-stage page tables (§3.6, §9.7). Entries that point to tables allow writes and user privilege, so
 * the leaf alone decides; `entry` changes that.
 *
 * Nested, the output addresses are guest-physical, and so are the tables: give it the memory of
 * `throughSecondStage` and frames of guest-physical memory that the second stage maps.
 */
export class FirstStageTable extends PageTable {
    levels;
    structure = FIRST_STAGE_ENTRY;
    #accessed;
    /** @throws {RangeError} if `levels` is neither 4 nor 5, or frames or memory fail. */
    constructor(options) {
        const levels = options.levels ?? 4;
        if (![4, 5].includes(levels))
            throw new RangeError(`levels ${levels}: expected 4 or 5`);
        super(options, levels);
        this.levels = levels;
        this.#accessed = options.accessed ?? false;
    }
    /** Maps pages at canonical addresses: the upper bits equal the highest bit that is translated. */
    map(iova, physical, options = {}) {
        super.map(iova, physical, options);
    }
    isPresent(entry) {
        return (entry & PRESENT) !== 0n;
    }
    tableEntry() {
        return encode({ P: 1, RW: 1, US: 1, A: this.#accessed });
    }
    pageEntry(attributes) {
        return encode({
            P: 1,
            RW: attributes.write ?? true,
            US: attributes.user ?? true,
            G: attributes.global ?? false,
            A: attributes.accessed ?? false,
            D: attributes.dirty ?? false,
            EA: attributes.extendedAccessed ?? false,
        });
    }
    checkInput(first, last) {
        const width = this.levels === 5 ? 57 : 48;
        const half = (address) => address >> BigInt(width - 1);
        const upper = (1n << BigInt(65 - width)) - 1n;
        const canonical = half(first) === half(last) && [0n, upper].includes(half(first));
        if (!canonical) {
            throw new RangeError(`iova ${hex(first)} to ${hex(last)}: expected canonical addresses of ${width} bits, ` +
                `bits 63:${width - 1} all equal`);
        }
    }
}
function encode(fields) {
    return encodeEntry(FIRST_STAGE_ENTRY, fields)[0] ?? 0n;
}
