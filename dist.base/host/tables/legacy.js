import { formatSourceId, parseSourceId } from "../spec/source-id.js";
import { encodeEntry, entryAt } from "./entry.js";
import { allocateTable } from "./frames.js";
import { LEGACY_CONTEXT, LEGACY_ROOT } from "./structures.js";
import { addressWidthCode } from "./pasid-entry.js";
import { rootTableAddress } from "./root-table-address.js";
/**
 * The structures of legacy mode in guest memory: root and context tables (§3.4.2). It checks that values
 * fit in their fields, and not that the unit accepts them: entries that must fault are built the same
 * way.
 */
export class LegacyTables {
    /** Address of the root table. */
    rootTable;
    /** Value for the Root Table Address Register, with TTM = 00b. */
    rootTableAddress;
    #memory;
    #frames;
    /** Context tables by bus. */
    #contextTables = new Map();
    constructor(options) {
        this.#memory = options.memory;
        this.#frames = options.frames;
        this.rootTable = allocateTable(this.#memory, this.#frames);
        this.rootTableAddress = rootTableAddress("LEGACY", this.rootTable);
    }
    /** Makes an empty root table. Throws a RangeError if frames or memory fail. */
    static create(options) {
        return new LegacyTables(options);
    }
    /**
     * Writes the context entry of a device, whole. The first of a bus makes the context table.
     * @throws {RangeError} if a value does not fit.
     */
    context(sourceId, options) {
        const id = parseSourceId(sourceId);
        const words = encodeEntry(LEGACY_CONTEXT, contextFields(options));
        if (!this.#contextTables.has(id >> 8)) {
            const table = allocateTable(this.#memory, this.#frames);
            this.rootEntry(id).set({ P: 1, CTP: table });
            this.#contextTables.set(id >> 8, table);
        }
        return this.contextEntry(id).write(words);
    }
    /** Clears the context entry of a device. */
    removeContext(sourceId) {
        this.contextEntry(sourceId).clear();
    }
    /** Root entry of the device's bus. */
    rootEntry(sourceId) {
        return entryAt(this.#memory, LEGACY_ROOT, this.rootTable, parseSourceId(sourceId) >> 8);
    }
    /** Context entry of a device; `context` must have been called for it or another of its bus. */
    contextEntry(sourceId) {
        const id = parseSourceId(sourceId);
        const table = this.#contextTables.get(id >> 8);
        if (table === undefined) {
            throw new RangeError(`${formatSourceId(id)}: no context table, call context() first`);
        }
        return entryAt(this.#memory, LEGACY_CONTEXT, table, id & 0xff);
    }
    /** Addresses of the entries that a request of the device meets. */
    entryAddresses(sourceId) {
        const root = this.rootEntry(sourceId).address;
        return { root, context: this.contextEntry(sourceId).address };
    }
}
function contextFields(options) {
    const common = { P: options.present ?? true, FPD: options.fpd ?? false, DID: options.domain };
    switch (options.kind) {
        case "second-stage":
            return {
                ...common,
                TT: options.deviceTlb === true ? 1 : 0,
                AW: options.secondStage.levels - 2,
                SSPTPTR: options.secondStage.pointer,
            };
        case "pass-through":
            return { ...common, TT: 2, AW: addressWidthCode(options.addressWidth) };
        default: {
            const { kind } = options;
            throw new RangeError(`kind "${kind}": expected "second-stage" or "pass-through"`);
        }
    }
}
