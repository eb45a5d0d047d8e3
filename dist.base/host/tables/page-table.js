import { TableEntry } from "./entry.js";
import { allocateTable } from "./frames.js";
import { FIRST_STAGE_ENTRY, SECOND_STAGE_ENTRY, maskOf } from "./structures.js";
import { hex, readWord, writeWord } from "./table-memory.js";
export const PAGE_4K = 0x1000;
export const PAGE_2M = 0x20_0000;
export const PAGE_1G = 0x4000_0000;
/** Both stages have the address and the page size bit in the same places (§9.7, §9.8). */
const ADDRESS = maskOf(FIRST_STAGE_ENTRY, "ADDR") & maskOf(SECOND_STAGE_ENTRY, "ADDR");
const PAGE_SIZE_BIT = maskOf(FIRST_STAGE_ENTRY, "PS") & maskOf(SECOND_STAGE_ENTRY, "PS");
/** Page sizes by the level of their leaf, from level 1 on. */
const PAGE_SIZES = [PAGE_4K, PAGE_2M, PAGE_1G];
/** Log2 of the bytes that one entry of a level covers. */
const shiftOf = (level) => BigInt(12 + 9 * (level - 1));
/**
 * A radix tree of tables with 512 entries (§3.6, §3.7), as software keeps it. Guest memory is the only
 * copy: entries changed behind its back, by hardware or by hand, are what it goes on with.
 * Changed entries take effect when the unit's caches are invalidated, which is the caller's part.
 */
export class PageTable {
    /** Address of the root table: what FSPTPTR or SSPTPTR points to. */
    pointer;
    #memory;
    #frames;
    #levels;
    #outputEnd;
    /** Tables that a large page took the place of. */
    #replaced = [];
    constructor(options, levels) {
        const width = options.hostAddressWidth ?? 52;
        if (!Number.isInteger(width) || width < 12 || width > 52) {
            throw new RangeError(`hostAddressWidth ${width}: expected 12 to 52`);
        }
        this.#memory = options.memory;
        this.#frames = options.frames;
        this.#levels = levels;
        this.#outputEnd = 1n << BigInt(width);
        this.pointer = allocateTable(this.#memory, this.#frames);
    }
    /**
     * Maps `count` pages of `size` bytes from `iova` on to `physical` on.
     * @throws {RangeError} if an address is not a multiple of the size or out of range, or if a page
     * there is mapped already; nothing is mapped then. Also if frames run out or memory fails on the
     * way; the first pages of the run may be mapped then.
     */
    map(iova, physical, options) {
        const size = options.size ?? PAGE_4K;
        const pages = this.#pages(iova, size, options.count ?? 1);
        this.#checkOutput(physical, size, pages.length);
        const entry = this.pageEntry(options) | physical;
        const level = (PAGE_SIZES.indexOf(size) + 1);
        const leaf = level === 1 ? entry : entry | PAGE_SIZE_BIT;
        for (const page of pages)
            this.#checkFree(page, level);
        for (const [i, page] of pages.entries()) {
            const slot = this.#slot(page, level);
            const old = readWord(this.#memory, slot);
            if (this.isPresent(old))
                this.#detach(old & ADDRESS, (level - 1));
            writeWord(this.#memory, slot, leaf + BigInt(i) * BigInt(size));
        }
    }
    /**
     * Removes `count` pages from `iova` on; `size` is that of the page at `iova` if left out. The tables
     * stay, also empty ones: see `prune`.
     * @throws {RangeError} if one of them is not mapped with this size; nothing is removed then.
     */
    unmap(iova, options = {}) {
        const size = options.size ?? this.lookup(iova)?.size ?? PAGE_4K;
        const pages = this.#pages(iova, size, options.count ?? 1);
        const slots = pages.map((page) => {
            const last = this.walk(page).at(-1);
            if (last === undefined || !last.leaf) {
                throw new RangeError(`iova ${hex(page)}: expected a mapped page, found none`);
            }
            if (PAGE_SIZES[last.level - 1] !== size) {
                const found = hex(PAGE_SIZES[last.level - 1] ?? 0);
                throw new RangeError(`iova ${hex(page)}: expected a page of ${hex(size)}, found ${found}`);
            }
            return last.address;
        });
        for (const slot of slots)
            writeWord(this.#memory, slot, 0n);
    }
    /**
     * Detaches tables that have no present entry, the root excepted. Answers the frames that are out of
     * use now: release them when the caches, also those of non-leaf entries, were invalidated.
     */
    prune() {
        const detached = this.#replaced.splice(0);
        this.#pruneBelow(this.pointer, this.#levels, detached);
        return detached;
    }
    /** The entries that a walk for `iova` meets, from the root to the leaf or to one not present. */
    walk(iova) {
        this.checkInput(iova, iova);
        const steps = [];
        let table = this.pointer;
        for (let level = this.#levels;; level = (level - 1)) {
            const address = entryOf(table, iova, level);
            const value = readWord(this.#memory, address);
            const present = this.isPresent(value);
            const leaf = present && isLeaf(value, level);
            steps.push({ level, address, value, present, leaf });
            if (!present || leaf)
                return steps;
            table = value & ADDRESS;
        }
    }
    /** The page that `iova` lies in; undefined if none is mapped there. Permissions are not looked at. */
    lookup(iova) {
        const last = this.walk(iova).at(-1);
        if (last === undefined || !last.leaf)
            return undefined;
        const size = PAGE_SIZES[last.level - 1] ?? PAGE_4K;
        const offset = BigInt(size) - 1n;
        return {
            physical: (last.value & ADDRESS & ~offset) | (iova & offset),
            size,
            entry: last.value,
        };
    }
    /**
     * Address of the entry for `iova` at a level.
     * @throws {RangeError} if no table of that level is there.
     */
    entryAddress(iova, level) {
        const steps = this.walk(iova);
        const step = steps.find((candidate) => candidate.level === level);
        if (step !== undefined)
            return step.address;
        if (!Number.isInteger(level) || level < 1 || level > this.#levels) {
            throw new RangeError(`level ${level}: expected 1 to ${this.#levels}`);
        }
        const last = steps.at(-1);
        const found = last?.leaf === true ? "maps a page" : "is not present";
        throw new RangeError(`iova ${hex(iova)}: no table of level ${level}, the entry at level ${last?.level} ${found}`);
    }
    /** The entry for `iova` at a level, to read or to change field by field. Throws as `entryAddress`. */
    entry(iova, level) {
        return new TableEntry(this.#memory, this.structure, this.entryAddress(iova, level));
    }
    #pages(iova, size, count) {
        if (!PAGE_SIZES.includes(size)) {
            throw new RangeError(`size ${hex(size)}: expected ${PAGE_SIZES.map(hex).join(", ")}`);
        }
        if (!Number.isInteger(count) || count < 1) {
            throw new RangeError(`count ${count}: expected a positive number of pages`);
        }
        if (iova % BigInt(size) !== 0n) {
            throw new RangeError(`iova ${hex(iova)}: expected a multiple of the page size ${hex(size)}`);
        }
        this.checkInput(iova, iova + BigInt(size) * BigInt(count) - 1n);
        return Array.from({ length: count }, (_, i) => iova + BigInt(i) * BigInt(size));
    }
    #checkOutput(physical, size, count) {
        if (physical % BigInt(size) !== 0n) {
            throw new RangeError(`physical ${hex(physical)}: expected a multiple of the page size ${hex(size)}`);
        }
        const end = physical + BigInt(size) * BigInt(count);
        if (physical < 0n || end > this.#outputEnd) {
            throw new RangeError(`physical ${hex(physical)} to ${hex(end - 1n)}: expected addresses below ` +
                `${hex(this.#outputEnd)}, the host address width`);
        }
    }
    #checkFree(iova, level) {
        const met = this.walk(iova).find((step) => step.leaf || step.level === level);
        if (met === undefined || !met.present)
            return;
        if (met.leaf || this.#hasPages(met.value & ADDRESS, (level - 1))) {
            throw new RangeError(`iova ${hex(iova)}: a page is mapped there already, see the level ${met.level} entry ` +
                `${hex(met.value)} at ${hex(met.address)}`);
        }
    }
    #hasPages(table, level) {
        return this.#presentEntries(table).some(({ value }) => isLeaf(value, level) || this.#hasPages(value & ADDRESS, (level - 1)));
    }
    #presentEntries(table) {
        return Array.from({ length: 512 }, (_, i) => table + 8n * BigInt(i))
            .map((address) => ({ address, value: readWord(this.#memory, address) }))
            .filter(({ value }) => this.isPresent(value));
    }
    /** Address of the entry for `iova` at a level; tables that lack on the way are made. */
    #slot(iova, level) {
        let table = this.pointer;
        for (let at = this.#levels; at > level; at = (at - 1)) {
            const address = entryOf(table, iova, at);
            const value = readWord(this.#memory, address);
            if (this.isPresent(value)) {
                table = value & ADDRESS;
            }
            else {
                table = allocateTable(this.#memory, this.#frames);
                writeWord(this.#memory, address, this.tableEntry() | table);
            }
        }
        return entryOf(table, iova, level);
    }
    #detach(table, level) {
        for (const { value } of this.#presentEntries(table)) {
            this.#detach(value & ADDRESS, (level - 1));
        }
        this.#replaced.push(table);
    }
    #pruneBelow(table, level, detached) {
        let empty = true;
        for (const { address, value } of this.#presentEntries(table)) {
            const child = value & ADDRESS;
            if (!isLeaf(value, level) && this.#pruneBelow(child, (level - 1), detached)) {
                writeWord(this.#memory, address, 0n);
                detached.push(child);
            }
            else {
                empty = false;
            }
        }
        return empty;
    }
}
function isLeaf(entry, level) {
    return level === 1 || (level <= 3 && (entry & PAGE_SIZE_BIT) !== 0n);
}
function entryOf(table, iova, level) {
    return table + 8n * ((iova >> shiftOf(level)) & 0x1ffn);
}
