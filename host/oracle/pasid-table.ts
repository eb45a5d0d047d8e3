import { bitIsSet, bitRange, exceedsWidth, maskOf } from "./bit-fields.js";
import type { AddressWidth, UnitCapabilities } from "./capabilities.js";
import type { ConditionName } from "./fault-conditions.js";
import { isStop, type Inquiry } from "./inquiry.js";
import { supportedWidth } from "./legacy-context.js";
import type { ScalableContext } from "./scalable-context.js";

/** A present, valid PASID-table entry (§9.6). What its translation type ignores is not in it. */
export type PasidEntry = {
  readonly domainId: number;
  /** SRE. */
  readonly supervisorRequests: boolean;
  /** PGSNP. */
  readonly pageSnooped: boolean;
} & (
  | { readonly type: "pass-through" }
  | { readonly type: "first-stage"; readonly first: FirstStageFields }
  | { readonly type: "second-stage"; readonly second: SecondStageFields }
  | {
      readonly type: "nested";
      readonly first: FirstStageFields;
      readonly second: SecondStageFields;
    }
);

export interface FirstStageFields {
  /** FSPTPTR; a guest-physical address in nested entries. */
  readonly root: bigint;
  /** FSPM. */
  readonly levels: 4 | 5;
  /** PWSNP. */
  readonly snooped: boolean;
  /** EAFE. */
  readonly extendedAccessed: boolean;
  /** WPE. */
  readonly writeProtect: boolean;
}

export interface SecondStageFields {
  /** SSPTPTR. */
  readonly root: bigint;
  /** AW. */
  readonly width: AddressWidth;
  /** PWSNP. */
  readonly snooped: boolean;
  /** SSADE. */
  readonly accessedDirty: boolean;
}

const DIRECTORY_ENTRY_BYTES = 8n;
const PASID_ENTRY_BYTES = 64n;

/** Translation types by PGTT, with the capability that each needs (SPT.4.2). */
const TYPE_OF_PGTT = [
  undefined,
  { type: "first-stage", needs: "FSTS" },
  { type: "second-stage", needs: "SSTS" },
  { type: "nested", needs: "NEST" },
  { type: "pass-through", needs: "PT" },
] as const;

/**
 * Bits that are reserved in every unit that the oracle models: 511:192 hold nothing but the fields
 * of host permission tables.
 */
const ALWAYS_RESERVED = [
  maskOf(5, 5),
  maskOf(11, 10),
  maskOf(86, 80),
  maskOf(95, 91),
  maskOf(129, 129),
  maskOf(139, 136),
  maskOf(511, 192),
].reduce((mask, bits) => mask | bits);

/** Fields that are reserved in a unit without the capability. */
const RESERVED_WITHOUT: readonly (readonly [keyof UnitCapabilities, bigint])[] = [
  ["SSTS", maskOf(4, 2) | maskOf(9, 9) | maskOf(63, 12)],
  ["SSADS", maskOf(9, 9)],
  ["SMPWCS", maskOf(87, 87)],
  ["SC", maskOf(88, 88)],
  ["MTS", maskOf(90, 89) | maskOf(127, 96)],
  ["SRS", maskOf(128, 128)],
  ["FSTS", maskOf(132, 130) | maskOf(191, 140)],
  ["EAFS", maskOf(135, 135)],
];

/** Walks PASID directory and PASID table (§3.4.3) up to and including SPT.4. */
export function readPasidEntry(
  inquiry: Inquiry,
  context: ScalableContext,
): PasidEntry | ConditionName {
  const table = readDirectoryEntry(inquiry, context);
  if (isStop(table)) return table;

  const address = table.address + BigInt(context.pasid & 0x3f) * PASID_ENTRY_BYTES;
  const entry = inquiry.fetch("PASID-table entry", address, 8);
  if (entry === undefined) return inquiry.stop("SPT.1", "the PASID-table entry cannot be read");
  noteFaultProcessingDisable(inquiry, entry);
  if (!bitIsSet(entry, 0)) return inquiry.stop("SPT.2", "P=0");
  const reserved = entry & reservedBits(inquiry.unit);
  if (reserved !== 0n) return inquiry.stop("SPT.3", `reserved bits ${reserved.toString(16)}h`);
  return checkProgramming(inquiry, entry);
}

function readDirectoryEntry(
  inquiry: Inquiry,
  context: ScalableContext,
): { address: bigint } | ConditionName {
  const address = context.pasidDirectory + BigInt(context.pasid >> 6) * DIRECTORY_ENTRY_BYTES;
  const entry = inquiry.fetch("PASID-directory entry", address, 1);
  if (entry === undefined) return inquiry.stop("SPD.1", "the directory entry cannot be read");
  noteFaultProcessingDisable(inquiry, entry);
  if (!bitIsSet(entry, 0)) return inquiry.stop("SPD.2", "P=0");
  const reserved = entry & (maskOf(11, 2) | maskOf(63, inquiry.unit.HAW));
  if (reserved !== 0n) return inquiry.stop("SPD.3", `reserved bits ${reserved.toString(16)}h`);
  return { address: entry & maskOf(63, 12) };
}

/** FPD counts in an entry that is not present, too. */
function noteFaultProcessingDisable(inquiry: Inquiry, entry: bigint): void {
  if (!bitIsSet(entry, 1)) return;
  inquiry.faultProcessingDisabled = true;
  inquiry.note("FPD=1");
}

function reservedBits(unit: UnitCapabilities): bigint {
  const { HAW, domainIdBits } = unit;
  const byWidth = maskOf(63, HAW) | maskOf(79, 64 + domainIdBits) | maskOf(191, 128 + HAW);
  return RESERVED_WITHOUT.filter(([capability]) => unit[capability] === false).reduce(
    (mask, [, bits]) => mask | bits,
    ALWAYS_RESERVED | byWidth,
  );
}

/** SPT.4. Fields that the translation type ignores are not checked. */
function checkProgramming(inquiry: Inquiry, entry: bigint): PasidEntry | ConditionName {
  const { unit } = inquiry;
  const known = TYPE_OF_PGTT[Number(bitRange(entry, 8, 6))];
  const nested = known?.type === "nested";

  // Without SSTS the AW field is reserved, so that there is no programming of it to check.
  const usesSecondStage = unit.SSTS && (known?.type === "second-stage" || nested);
  const second = usesSecondStage ? secondStageFields(inquiry, entry) : undefined;
  if (isStop(second)) return second;
  if (known === undefined) return inquiry.stop("SPT.4.2", "PGTT is reserved");
  if (!unit[known.needs]) return inquiry.stop("SPT.4.2", `PGTT without ${known.needs}`);
  const common = {
    domainId: Number(bitRange(entry, 79, 64)),
    supervisorRequests: bitIsSet(entry, 128),
    pageSnooped: bitIsSet(entry, 88),
  };
  const { type } = known;
  if (type === "pass-through") return { ...common, type };
  if (second !== undefined && type === "second-stage") return { ...common, type, second };

  const first = firstStageFields(inquiry, entry);
  if (isStop(first)) return first;
  if (second === undefined) return { ...common, type: "first-stage", first };
  if (exceedsWidth(first.root, Math.min(unit.MGAW, second.width))) {
    return inquiry.stop("SPT.4.4", "FSPTPTR is beyond the second stage");
  }
  return { ...common, type: "nested", first, second };
}

function secondStageFields(inquiry: Inquiry, entry: bigint): SecondStageFields | ConditionName {
  const width = supportedWidth(inquiry.unit, bitRange(entry, 4, 2));
  if (width === undefined) return inquiry.stop("SPT.4.1", "AW is not supported");
  return {
    root: bitRange(entry, 63, 12) << 12n,
    width,
    snooped: bitIsSet(entry, 87),
    accessedDirty: bitIsSet(entry, 9),
  };
}

function firstStageFields(inquiry: Inquiry, entry: bigint): FirstStageFields | ConditionName {
  const mode = bitRange(entry, 131, 130);
  if (mode > 1n || (mode === 1n && !inquiry.unit.FS5LP)) {
    return inquiry.stop("SPT.4.3", "FSPM is not supported");
  }
  return {
    root: bitRange(entry, 191, 140) << 12n,
    levels: mode === 1n ? 5 : 4,
    snooped: bitIsSet(entry, 87),
    extendedAccessed: bitIsSet(entry, 135),
    writeProtect: bitIsSet(entry, 132),
  };
}

/** SPT.5 and SPT.6, which page requests do not meet (§7.4.1). */
export function checkExecuteAndPrivilege(
  inquiry: Inquiry,
  entry: PasidEntry,
  context: ScalableContext,
): ConditionName | undefined {
  const { unit, request } = inquiry;
  if (unit.majorVersion <= 7 && request.execute && !unit.ERS) {
    return inquiry.stop("SPT.5", "execute requested without ERS");
  }
  if (context.privileged && !entry.supervisorRequests) {
    return inquiry.stop("SPT.6", "privileged mode requested with SRE=0");
  }
  return undefined;
}
