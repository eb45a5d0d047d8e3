import { parseSourceId, formatSourceId, type SourceId } from "../spec/source-id.js";
import { encodeEntry, entryAt, type EntryFields, type TableEntry } from "./entry.js";
import { allocateTable, type FrameSource } from "./frames.js";
import { pasidFields, type PasidOptions } from "./pasid-entry.js";
import { rootTableAddress } from "./root-table-address.js";
import { PASID_DIRECTORY, PASID_TABLE, SCALABLE_CONTEXT, SCALABLE_ROOT } from "./structures.js";
import { FRAME_SIZE, type TableMemory } from "./table-memory.js";

export interface ScalableTablesOptions {
  /** Where the tables are written. */
  readonly memory: TableMemory;
  /** Where they get their frames from: host-physical. */
  readonly frames: FrameSource;
  /** Sets SSIRWE in the value for RTADDR; reserved without ECAP.SSIRWS. Default false. */
  readonly ssirwe?: boolean;
}

/** A scalable-mode context entry (§9.4). Flags are false by default. */
export interface ScalableContextOptions {
  /** P. Default true. */
  readonly present?: boolean;
  /** FPD: faults of this device are not recorded, whatever `present` says. */
  readonly fpd?: boolean;
  /** DTE: translation requests and translated requests are served. */
  readonly dte?: boolean;
  /** PASIDE: requests with PASID are served. */
  readonly paside?: boolean;
  /** PRE: page requests are served. */
  readonly pre?: boolean;
  /** EPTR: translated requests may have a PASID. */
  readonly eptr?: boolean;
  /** PDTS, 0 to 7: PASIDs up to 2^(PDTS+13) - 1. Default 0, or what the device's directory has. */
  readonly pdts?: number;
  /** RID_PASID: the PASID of requests without PASID, 20 bits. Default 0. */
  readonly ridPasid?: number;
  /** RID_PRIV: requests without PASID are privileged. */
  readonly ridPriv?: boolean;
}

/** Where the entries for a request are. */
export interface EntryAddresses {
  /** Root entry of the bus, 16 bytes. */
  readonly root: bigint;
  /** Context entry: 32 bytes, in legacy mode 16. */
  readonly context: bigint;
}

/** Where the entries for a request are that uses a PASID. */
export interface PasidEntryAddresses extends EntryAddresses {
  /** PASID directory entry, 8 bytes. */
  readonly directory: bigint;
  /** PASID table entry, 64 bytes. */
  readonly pasid: bigint;
}

/** What was built for one device. */
interface Device {
  readonly context: TableEntry;
  readonly directory: bigint;
  readonly pdts: number;
  /** PASID tables by directory index. */
  readonly tables: Map<number, bigint>;
}

/**
 * The structures of scalable mode in guest memory: root and context tables, and a PASID directory with
 * PASID tables for each device (§3.4.3). It checks that values fit in their fields, and not that the
 * unit accepts them: entries that must fault are built the same way. It remembers where its tables are,
 * so entries that were spoilt by hand are found again.
 */
export class ScalableTables {
  /** Address of the root table. */
  readonly rootTable: bigint;
  /** Value for the Root Table Address Register, with TTM = 01b. */
  readonly rootTableAddress: bigint;
  readonly #memory: TableMemory;
  readonly #frames: FrameSource;
  /** Context tables by bus and upper half. */
  readonly #contextTables = new Map<number, bigint>();
  readonly #devices = new Map<number, Device>();

  private constructor(options: ScalableTablesOptions) {
    this.#memory = options.memory;
    this.#frames = options.frames;
    this.rootTable = allocateTable(this.#memory, this.#frames);
    this.rootTableAddress = rootTableAddress("SCALABLE", this.rootTable, options.ssirwe);
  }

  /** Makes an empty root table. Throws a RangeError if frames or memory fail. */
  static create(options: ScalableTablesOptions): ScalableTables {
    return new ScalableTables(options);
  }

  /**
   * Writes the context entry of a device, whole. The first time it makes its PASID directory, which
   * later calls keep.
   * @throws {RangeError} if a value does not fit, or `pdts` is not that of the directory.
   */
  context(sourceId: SourceId, options: ScalableContextOptions = {}): TableEntry {
    const id = parseSourceId(sourceId);
    const known = this.#devices.get(id);
    const pdts = options.pdts ?? known?.pdts ?? 0;
    if (known !== undefined && known.pdts !== pdts) {
      throw new RangeError(
        `pdts ${pdts} for ${formatSourceId(id)}: its PASID directory was made for ${known.pdts}, ` +
          `call removeContext first`,
      );
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
  removeContext(sourceId: SourceId): bigint[] {
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
  pasid(sourceId: SourceId, pasid: number, options: PasidOptions): TableEntry {
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
  removePasid(sourceId: SourceId, pasid: number): void {
    this.pasidEntry(sourceId, pasid).clear();
  }

  /** Root entry of the device's bus; LP and LCTP serve devices 0 to 15, UP and UCTP the others. */
  rootEntry(sourceId: SourceId): TableEntry {
    return entryAt(this.#memory, SCALABLE_ROOT, this.rootTable, parseSourceId(sourceId) >> 8);
  }

  /** Context entry of a device for which `context` was called. */
  contextEntry(sourceId: SourceId): TableEntry {
    return this.#device(sourceId).context;
  }

  /** PASID directory entry, also one without table. */
  directoryEntry(sourceId: SourceId, pasid: number): TableEntry {
    const device = this.#device(sourceId);
    return entryAt(
      this.#memory,
      PASID_DIRECTORY,
      device.directory,
      directoryIndex(sourceId, device, pasid),
    );
  }

  /** PASID table entry; `pasid` must have been called for it or one of the same table. */
  pasidEntry(sourceId: SourceId, pasid: number): TableEntry {
    const device = this.#device(sourceId);
    const table = device.tables.get(directoryIndex(sourceId, device, pasid));
    if (table === undefined) {
      throw new RangeError(
        `PASID ${pasid} of ${formatSourceId(sourceId)}: no PASID table, call pasid() for it first`,
      );
    }
    return entryAt(this.#memory, PASID_TABLE, table, pasid & 0x3f);
  }

  /** Addresses of the entries that a request of the device meets, of those of a PASID too if given. */
  entryAddresses(sourceId: SourceId): EntryAddresses;
  entryAddresses(sourceId: SourceId, pasid: number): PasidEntryAddresses;
  entryAddresses(sourceId: SourceId, pasid?: number): EntryAddresses | PasidEntryAddresses {
    const root = this.rootEntry(sourceId).address;
    const context = this.contextEntry(sourceId).address;
    if (pasid === undefined) return { root, context };
    const directory = this.directoryEntry(sourceId, pasid).address;
    return { root, context, directory, pasid: this.pasidEntry(sourceId, pasid).address };
  }

  #device(sourceId: SourceId): Device {
    const device = this.#devices.get(parseSourceId(sourceId));
    if (device === undefined) {
      throw new RangeError(`${formatSourceId(sourceId)}: no context entry, call context() first`);
    }
    return device;
  }

  #newDevice(id: number, pdts: number): Device {
    const context = entryAt(this.#memory, SCALABLE_CONTEXT, this.#contextTable(id), id & 0x7f);
    const directory = allocateTable(this.#memory, this.#frames, directoryFrames(pdts));
    return { context, directory, pdts, tables: new Map() };
  }

  #contextTable(id: number): bigint {
    const known = this.#contextTables.get(id >> 7);
    if (known !== undefined) return known;
    const table = allocateTable(this.#memory, this.#frames);
    const upper = (id & 0x80) !== 0;
    this.rootEntry(id).set(upper ? { UP: 1, UCTP: table } : { LP: 1, LCTP: table });
    this.#contextTables.set(id >> 7, table);
    return table;
  }
}

/** Frames of a directory of 2^(PDTS+7) entries of 8 bytes. */
function directoryFrames(pdts: number): number {
  return Math.max(1, 2 ** (pdts + 7) / 512);
}

function contextFields(options: ScalableContextOptions, pdts: number): EntryFields {
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

function directoryIndex(sourceId: SourceId, { pdts }: Device, pasid: number): number {
  const end = 2 ** (pdts + 13);
  if (!Number.isInteger(pasid) || pasid < 0 || pasid >= end) {
    throw new RangeError(
      `PASID ${pasid} of ${formatSourceId(sourceId)}: expected 0 to ${end - 1}, PDTS is ${pdts}`,
    );
  }
  return pasid >> 6;
}
