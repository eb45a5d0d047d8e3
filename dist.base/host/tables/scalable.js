import { parseSourceId, formatSourceId } from "../spec/source-id.js";
import { encodeEntry, entryAt } from "./entry.js";
import { allocateTable } from "./frames.js";
import { pasidFields } from "./pasid-entry.js";
import { rootTableAddress } from "./root-table-address.js";
import { PASID_DIRECTORY, PASID_TABLE, SCALABLE_CONTEXT, SCALABLE_ROOT } from "./structures.js";
import { FRAME_SIZE } from "./table-memory.js";
/**
 * The structures of scalable mode in guest memory: root and context tables, and a PASID directory with
 * PASID tables for each device (§3.4.3). It checks that values fit in their fields, and not that the
 * unit accepts them: entries that must fault are built the same way. It remembers where its tables are,
 * so entries that were spoilt by hand are found again.
 */
export class ScalableTables {
    /** Address of the root table. */
    rootTable;
    /** Value for the Root Table Address Register, with TTM = 01b. */
    rootTableAddress;
    #memory;
    #frames;
    /** Context tables by bus and upper half. */
    #contextTables = new Map();
    #devices = new Map();
    constructor(options) {
        this.#memory = options.memory;
        this.#frames = options.frames;
        this.rootTable = allocateTable(this.#memory, this.#frames);
        this.rootTableAddress = rootTableAddress("SCALABLE", this.rootTable, options.ssirwe);
    }
    /** Makes an empty root table. Throws a RangeError if frames or memory fail. */
    static create(options) {
        return new ScalableTables(options);
    }
    /**
     * Writes the context entry of a device, whole. The first time it makes its PASID directory, which
     * later calls keep.
     * @throws {RangeError} if a value does not fit, or `pdts` is not that of the directory.
     */
    context(sourceId, options = {}) {
        const id = parseSourceId(sourceId);
        const known = this.#devices.get(id);
        const pdts = options.pdts ?? known?.pdts ?? 0;
        if (known !== undefined && known.pdts !== pdts) {
            throw new RangeError(`pdts ${pdts} for ${formatSourceId(id)}: its PASID directory was made for ${known.pdts}, ` +
                `call removeContext first`);
        }
        const words = encodeEntry(SCALABLE_CONTEXT, contextFields(options, pdts));
        const device = known ?? this.#newDevice(id, pdts);
        this.#devices.set(id, device);
        const pointer = { PASIDDIRPTR: device.directory };
        return device.context.write(encodeEntry(SCALABLE_CONTEXT, pointer, words));
    }
    /**
     * Clears the context entry of a device. Answers the frames of its PASID directory and tables, which
     * are out of use now: release them when the caches were invalidated.
     */
    removeContext(sourceId) {
        const { context, directory, pdts, tables } = this.#device(sourceId);
        context.clear();
        this.#devices.delete(parseSourceId(sourceId));
        const frames = Array.from({ length: directoryFrames(pdts) }, (_, i) => BigInt(i) * FRAME_SIZE);
        return [...frames.map((offset) => directory + offset), ...tables.values()];
    }
    /**
     * Writes the PASID table entry of a device that has a context entry, whole. The first of 64 adjacent
     * PASIDs makes their table and its directory entry.
     * @throws {RangeError} if a value does not fit, the directory is too small for the PASID, or
     * `context` was not called.
     */
    pasid(sourceId, pasid, options) {
        const device = this.#device(sourceId);
        const index = directoryIndex(sourceId, device, pasid);
        const words = encodeEntry(PASID_TABLE, pasidFields(options));
        if (!device.tables.has(index)) {
            const table = allocateTable(this.#memory, this.#frames);
            entryAt(this.#memory, PASID_DIRECTORY, device.directory, index).set({
                P: 1,
                SMPTBLPTR: table,
            });
            device.tables.set(index, table);
        }
        return this.pasidEntry(sourceId, pasid).write(words);
    }
    /** Clears the PASID table entry. */
    removePasid(sourceId, pasid) {
        this.pasidEntry(sourceId, pasid).clear();
    }
    /** Root entry of the device's bus; LP and LCTP serve devices 0 to 15, UP and UCTP the others. */
    rootEntry(sourceId) {
        return entryAt(this.#memory, SCALABLE_ROOT, this.rootTable, parseSourceId(sourceId) >> 8);
    }
    /** Context entry of a device for which `context` was called. */
    contextEntry(sourceId) {
        return this.#device(sourceId).context;
    }
    /** PASID directory entry, also one without table. */
    directoryEntry(sourceId, pasid) {
        const device = this.#device(sourceId);
        return entryAt(this.#memory, PASID_DIRECTORY, device.directory, directoryIndex(sourceId, device, pasid));
    }
    /** PASID table entry; `pasid` must have been called for it or one of the same table. */
    pasidEntry(sourceId, pasid) {
        const device = this.#device(sourceId);
        const table = device.tables.get(directoryIndex(sourceId, device, pasid));
        if (table === undefined) {
            throw new RangeError(`PASID ${pasid} of ${formatSourceId(sourceId)}: no PASID table, call pasid() for it first`);
        }
        return entryAt(this.#memory, PASID_TABLE, table, pasid & 0x3f);
    }
    entryAddresses(sourceId, pasid) {
        const root = this.rootEntry(sourceId).address;
        const context = this.contextEntry(sourceId).address;
        if (pasid === undefined)
            return { root, context };
        const directory = this.directoryEntry(sourceId, pasid).address;
        return { root, context, directory, pasid: this.pasidEntry(sourceId, pasid).address };
    }
    #device(sourceId) {
        const device = this.#devices.get(parseSourceId(sourceId));
        if (device === undefined) {
            throw new RangeError(`${formatSourceId(sourceId)}: no context entry, call context() first`);
        }
        return device;
    }
    #newDevice(id, pdts) {
        const context = entryAt(this.#memory, SCALABLE_CONTEXT, this.#contextTable(id), id & 0x7f);
        const directory = allocateTable(this.#memory, this.#frames, directoryFrames(pdts));
        return { context, directory, pdts, tables: new Map() };
    }
    #contextTable(id) {
        const known = this.#contextTables.get(id >> 7);
        if (known !== undefined)
            return known;
        const table = allocateTable(this.#memory, this.#frames);
        const upper = (id & 0x80) !== 0;
        this.rootEntry(id).set(upper ? { UP: 1, UCTP: table } : { LP: 1, LCTP: table });
        this.#contextTables.set(id >> 7, table);
        return table;
    }
}
/** Frames of a directory of 2^(PDTS+7) entries of 8 bytes. */
function directoryFrames(pdts) {
    return Math.max(1, 2 ** (pdts + 7) / 512);
}
function contextFields(options, pdts) {
    return {
        P: options.present ?? true,
        FPD: options.fpd ?? false,
        DTE: options.dte ?? false,
        PASIDE: options.paside ?? false,
        PRE: options.pre ?? false,
        EPTR: options.eptr ?? false,
        PDTS: pdts,
        RID_PASID: options.ridPasid ?? 0,
        RID_PRIV: options.ridPriv ?? false,
    };
}
function directoryIndex(sourceId, { pdts }, pasid) {
    const end = 2 ** (pdts + 13);
    if (!Number.isInteger(pasid) || pasid < 0 || pasid >= end) {
        throw new RangeError(`PASID ${pasid} of ${formatSourceId(sourceId)}: expected 0 to ${end - 1}, PDTS is ${pdts}`);
    }
    return pasid >> 6;
}
