import { parseSourceId } from "../spec/source-id.js";
import { encodeEntry, entryAt } from "./entry.js";
import { allocateTable } from "./frames.js";
import { FRAME_SIZE, hex } from "./table-memory.js";
import { INTERRUPT_ENTRY, IRTA, POSTED_INTERRUPT_ENTRY } from "./structures.js";
const ENTRY_BYTES = 16;
const MOST_ENTRIES = 65536;
const REMAPPABLE = 1n << 4n;
const SUBHANDLE_VALID = 1n << 3n;
const DELIVERY = {
    fixed: 0,
    "lowest-priority": 1,
    smi: 2,
    nmi: 4,
    init: 5,
    extint: 7,
};
const QUALIFIER = { none: 0, "2": 1, "2:1": 2, "2:0": 3 };
/**
 * An interrupt remapping table in guest memory (§5.1.3). It checks that values fit in their fields, and not
 * that the unit accepts them: entries that must fault are built the same way.
 */
export class InterruptTable {
    /** Address of entry 0. */
    table;
    entries;
    extended;
    /** Value for the Interrupt Remapping Table Address Register (§11.4.10). */
    tableAddress;
    #memory;
    constructor({ memory, frames, entries = 256, extended = false }) {
        if (!Number.isInteger(entries) || entries < 2 || entries > MOST_ENTRIES) {
            throw new RangeError(`entries is ${entries}: expected a power of two, 2 to ${MOST_ENTRIES}`);
        }
        const size = Math.log2(entries) - 1;
        if (!Number.isInteger(size)) {
            throw new RangeError(`entries is ${entries}: expected a power of two, 2 to ${MOST_ENTRIES}`);
        }
        this.#memory = memory;
        this.entries = entries;
        this.extended = extended;
        const count = Math.ceil((entries * ENTRY_BYTES) / Number(FRAME_SIZE));
        this.table = allocateTable(memory, frames, count);
        const [value = 0n] = encodeEntry(IRTA, { IRTA: this.table, EIME: extended, S: size });
        this.tableAddress = value;
    }
    /** Makes a table without present entries. Throws a RangeError if frames or memory fail. */
    static create(options) {
        return new InterruptTable(options);
    }
    /** Writes an entry that remaps. @throws {RangeError} if a value does not fit. */
    remapped(index, options) {
        const { destination } = options;
        const fields = {
            ...commonFields(options),
            V: options.vector,
            DM: options.logical ?? false,
            RH: options.redirectionHint ?? false,
            TM: options.level ?? false,
            DLM: DELIVERY[options.delivery ?? "fixed"],
            DST: this.extended ? destination : xapicDestination(destination),
        };
        return this.entry(index).write(encodeEntry(INTERRUPT_ENTRY, fields));
    }
    /** Writes an entry that posts. @throws {RangeError} if a value does not fit. */
    posted(index, options) {
        const { descriptor } = options;
        if (descriptor % 64n !== 0n) {
            throw new RangeError(`descriptor is ${hex(descriptor)}: expected a multiple of 0x40`);
        }
        const fields = {
            ...commonFields(options),
            IM: 1,
            VV: options.vector,
            URG: options.urgent ?? false,
            PDAL: (descriptor & 0xffffffffn) >> 6n,
            PDAH: descriptor >> 32n,
        };
        return this.postedEntry(index).write(encodeEntry(POSTED_INTERRUPT_ENTRY, fields));
    }
    /** Clears an entry. */
    remove(index) {
        this.entry(index).clear();
    }
    /** Entry `index`, with the fields of a remapped one. */
    entry(index) {
        return entryAt(this.#memory, INTERRUPT_ENTRY, this.table, this.#checked(index));
    }
    /** Entry `index`, with the fields of a posted one. */
    postedEntry(index) {
        return entryAt(this.#memory, POSTED_INTERRUPT_ENTRY, this.table, this.#checked(index));
    }
    #checked(index) {
        if (!Number.isInteger(index) || index < 0 || index >= this.entries) {
            throw new RangeError(`index is ${index}: expected 0 to ${this.entries - 1}`);
        }
        return index;
    }
}
/**
 * The message that a device sends to use entry `handle`, or `handle + subhandle` (§5.1.2.2).
 * @throws {RangeError} if one is not within 16 bits.
 */
export function remappableMessage(handle, subhandle) {
    for (const [name, value] of Object.entries({ handle, subhandle: subhandle ?? 0 })) {
        if (!Number.isInteger(value) || value < 0 || value > 0xffff) {
            throw new RangeError(`${name} is ${value}: expected 0 to 0xffff`);
        }
    }
    const bits = BigInt(handle);
    const address = 0xfee00000n | REMAPPABLE | ((bits & 0x7fffn) << 5n) | ((bits >> 15n) << 2n);
    if (subhandle === undefined)
        return { address, data: 0 };
    return { address: address | SUBHANDLE_VALID, data: subhandle };
}
/** In xAPIC mode the 8-bit APIC id lies in bits 15:8 of a destination field. */
export function xapicDestination(destination) {
    if (!Number.isInteger(destination) || destination < 0 || destination > 0xff) {
        throw new RangeError(`destination is ${destination}: expected 0 to 0xff without EIME`);
    }
    return destination << 8;
}
function commonFields(options) {
    return {
        P: options.present ?? true,
        FPD: options.fpd ?? false,
        ...sourceFields(options.source ?? "any"),
    };
}
function sourceFields(source) {
    if (source === "any")
        return { SVT: 0, SQ: 0, SID: 0 };
    if ("firstBus" in source) {
        const { firstBus, lastBus } = source;
        for (const [name, bus] of Object.entries({ firstBus, lastBus })) {
            if (!Number.isInteger(bus) || bus < 0 || bus > 0xff) {
                throw new RangeError(`${name} is ${bus}: expected 0 to 0xff`);
            }
        }
        return { SVT: 2, SQ: 0, SID: (firstBus << 8) | lastBus };
    }
    return { SVT: 1, SQ: QUALIFIER[source.ignore ?? "none"], SID: parseSourceId(source.sourceId) };
}
