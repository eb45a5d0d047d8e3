import type { Permissions } from "../spec/requests.js";
import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
import type { UnitCapabilities } from "./capabilities.js";
import { setFlags } from "./entry-flags.js";
import type { ConditionName } from "./fault-conditions.js";
import { isStop, type Inquiry, type Stop } from "./inquiry.js";
import type { FirstStageFields } from "./pasid-table.js";

/** A first-stage table, and for whom it is walked. */
export interface FirstStageTables extends FirstStageFields {
  /** The request asks for supervisor privilege, itself or through RID_PRIV. */
  readonly supervisor: boolean;
}

/** The address space in which first-stage entries point: host memory, or the second stage's input. */
export interface EntrySpace {
  /** Where an entry lies in host memory; `isRoot` for entries of the table that FSPTPTR names. */
  locate(address: bigint, isRoot: boolean): EntryPlace | Stop;
  /** True if the space has this address (SFS.5). */
  reaches(address: bigint): boolean;
}

export interface EntryPlace {
  readonly hostAddress: bigint;
  /** The flags of the entry may be written. */
  readonly writable: boolean;
}

/** The leaf that maps an address; its own flags are not yet set. */
export interface FirstStageLeaf {
  /** Output address of the input address, in the entry space. */
  readonly address: bigint;
  /** Bytes. */
  readonly pageSize: number;
  /** U/S is 1 in every entry. */
  readonly user: boolean;
  /** R/W is 1 in every entry. */
  readonly writable: boolean;
  readonly place: EntryPlace;
  readonly entry: bigint;
}

const PRESENT = 0;
const READ_WRITE = 1;
const USER = 2;
const PAGE_SIZE_BIT = 7;
const ACCESSED = maskOf(5, 5);
const DIRTY = maskOf(6, 6);
const EXTENDED_ACCESSED = maskOf(10, 10);
const ADDRESS = maskOf(51, 12);

/** Entries point to host physical addresses, where nothing stands in the way. */
export const HOST_MEMORY: EntrySpace = {
  locate: (hostAddress) => ({ hostAddress, writable: true }),
  reaches: () => true,
};

/** SGN.1: bits 63:N equal bit N-1, where N is 48 or 57 (§3.6). */
export function isCanonical(address: bigint, levels: 4 | 5): boolean {
  const width = levels === 4 ? 48 : 57;
  const upper = bitRange(address, 63, width - 1);
  return upper === 0n || upper === maskOf(64 - width, 0);
}

/**
 * Walks to the leaf and sets the accessed flags of every entry above it. The caller checks the
 * rights, and then sets the flags of the leaf with `markFirstStageLeaf`.
 */
export function walkFirstStage(
  inquiry: Inquiry,
  tables: FirstStageTables,
  input: bigint,
  space: EntrySpace,
): FirstStageLeaf | Stop {
  let table = tables.root;
  let user = true;
  let writable = true;
  for (let level: number = tables.levels; ; level--) {
    const isRoot = level === tables.levels;
    const shift = 12 + 9 * (level - 1);
    const place = space.locate(table + 8n * bitRange(input, shift + 8, shift), isRoot);
    if (isStop(place)) return place;
    const entry = inquiry.fetch("first-stage entry", place.hostAddress, 1, level);
    if (entry === undefined) {
      return inquiry.stop(isRoot ? "SFS.4" : "SFS.1", "the entry cannot be read");
    }
    const isLeaf = level === 1 || (level <= 3 && bitIsSet(entry, PAGE_SIZE_BIT));
    const offset = isLeaf ? maskOf(shift - 1, 0) : maskOf(11, 0);
    const pointer = entry & ADDRESS & ~offset;
    const invalid = checkEntry(inquiry, entry, level, isLeaf, space.reaches(pointer));
    if (invalid !== undefined) return invalid;
    user &&= bitIsSet(entry, USER);
    writable &&= bitIsSet(entry, READ_WRITE);
    if (isLeaf) {
      inquiry.note(`leaf of ${2 ** shift} bytes`);
      const address = pointer | (input & offset);
      return { address, pageSize: 2 ** shift, user, writable, place, entry };
    }
    inquiry.note("next table");
    const stop = setEntryFlags(inquiry, tables, place, entry, ACCESSED);
    if (stop !== undefined) return stop;
    table = pointer;
  }
}

/** Present, then reserved bits, then the reach of the address. */
function checkEntry(
  inquiry: Inquiry,
  entry: bigint,
  level: number,
  isLeaf: boolean,
  reachable: boolean,
): ConditionName | undefined {
  if (!bitIsSet(entry, PRESENT)) return inquiry.stop("SFS.2", "P=0");
  const reserved = entry & reservedBits(inquiry.unit, level, isLeaf);
  if (reserved !== 0n) return inquiry.stop("SFS.3", `reserved bits ${reserved.toString(16)}h`);
  if (!reachable) return inquiry.stop("SFS.5", "ADDR is beyond the second stage");
  return undefined;
}

/** §3.6 and §9.7. Bit 12 of a large page is PAT. */
function reservedBits(unit: UnitCapabilities, level: number, isLeaf: boolean): bigint {
  let reserved = maskOf(51, unit.HAW);
  if (level >= 4) reserved |= maskOf(7, 7);
  if (isLeaf && level === 3) reserved |= maskOf(29, 13) | (unit.FS1GP ? 0n : maskOf(7, 7));
  if (isLeaf && level === 2) reserved |= maskOf(20, 13);
  return reserved;
}

/** What the leaf grants this requester (§3.6.1), or SGN.2 for a user on a supervisor's page. */
export function firstStageRights(
  inquiry: Inquiry,
  tables: FirstStageTables,
  leaf: FirstStageLeaf,
): Permissions | ConditionName {
  if (tables.supervisor) return { read: true, write: !tables.writeProtect || leaf.writable };
  if (!leaf.user) return inquiry.stop("SGN.2", "U/S=0 on the way, and the request is a user's");
  return { read: true, write: leaf.writable };
}

/** Sets the accessed flags of a leaf, and its dirty flag for a write. */
export function markFirstStageLeaf(
  inquiry: Inquiry,
  tables: FirstStageTables,
  leaf: FirstStageLeaf,
  written: boolean,
): Stop | undefined {
  const flags = written ? ACCESSED | DIRTY : ACCESSED;
  return setEntryFlags(inquiry, tables, leaf.place, leaf.entry, flags);
}

function setEntryFlags(
  inquiry: Inquiry,
  tables: FirstStageTables,
  place: EntryPlace,
  entry: bigint,
  flagsWithoutExtended: bigint,
): Stop | undefined {
  const flags = flagsWithoutExtended | (tables.extendedAccessed ? EXTENDED_ACCESSED : 0n);
  if ((entry & flags) !== flags && !place.writable) {
    return inquiry.stop("SFS.8", "a flag must be set, and the second stage forbids the write");
  }
  return setFlags(inquiry, {
    address: place.hostAddress,
    entry,
    flags,
    snooped: tables.snooped,
    conditionIfNotSnooped: "SFS.9",
    conditionIfFailed: "SFS.10",
  });
}
