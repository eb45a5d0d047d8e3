import { encodeEntry } from "./entry.js";
import { SECOND_STAGE_ENTRY, maskOf } from "./structures.js";
import { PageTable } from "./page-table.js";
import { hex } from "./table-memory.js";
const PRESENT = maskOf(SECOND_STAGE_ENTRY, "R", "W");
const PRESENT_SSIRWE = maskOf(SECOND_STAGE_ENTRY, "IR", "IW");
/**
 * Second-stage page tables (§3.7, §9.8), for context entries in legacy mode and for PASID entries.
 * Entries that point to tables allow reads and writes, so the leaf alone decides; `entry` changes that.
 */
export class SecondStageTable extends PageTable {
    levels;
    structure = SECOND_STAGE_ENTRY;
    #accessed;
    #ssirwe;
    /** @throws {RangeError} if `levels` is not 3, 4 or 5, or frames or memory fail. */
    constructor(options) {
        const levels = options.levels ?? 4;
        if (![3, 4, 5].includes(levels))
            throw new RangeError(`levels ${levels}: expected 3, 4 or 5`);
        super(options, levels);
        this.levels = levels;
        this.#accessed = options.accessed ?? false;
        this.#ssirwe = options.ssirwe ?? false;
    }
    /** Maps pages; as `PageTable.map`, and an error if neither `read` nor `write` is allowed. */
    map(iova, physical, options = {}) {
        super.map(iova, physical, options);
    }
    isPresent(entry) {
        return (entry & (this.#ssirwe ? PRESENT_SSIRWE : PRESENT)) !== 0n;
    }
    tableEntry() {
        return this.#encode({ read: true, write: true, accessed: this.#accessed });
    }
    pageEntry(attributes) {
        const { read = true, write = true } = attributes;
        if (!read && !write) {
            throw new RangeError("read false and write false: expected one of them, else it is no page");
        }
        return this.#encode({ ...attributes, read, write });
    }
    checkInput(first, last) {
        const width = 12 + 9 * this.levels;
        if (first < 0n || last >> BigInt(width) !== 0n) {
            throw new RangeError(`iova ${hex(first)} to ${hex(last)}: expected addresses within ${width} bits, ` +
                `as ${this.levels} levels translate`);
        }
    }
    #encode(attributes) {
        const { read = false, write = false } = attributes;
        const [word = 0n] = encodeEntry(SECOND_STAGE_ENTRY, {
            R: read,
            W: write,
            IR: this.#ssirwe && read,
            IW: this.#ssirwe && write,
            SNP: attributes.snoop ?? false,
            A: attributes.accessed ?? false,
            D: attributes.dirty ?? false,
        });
        return word;
    }
}
/**
 * Memory as a guest sees it that `table` confines: addresses are guest-physical. A first stage that is
 * nested on `table` is built in it. Permissions are not looked at; what is not mapped fails.
 */
export function throughSecondStage(memory, table) {
    return {
        read64(address) {
            const page = table.lookup(address);
            return page === undefined ? undefined : memory.read64(page.physical);
        },
        write64(address, value) {
            const page = table.lookup(address);
            return page === undefined ? false : memory.write64(page.physical, value);
        },
    };
}
