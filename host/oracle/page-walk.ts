import type { Permissions } from "../spec/requests.js";
import {
  both,
  demandOf,
  inWords,
  lackingRight,
  refuseIfLacking,
  type Demand,
} from "./access-rights.js";
import { exceedsWidth } from "./bit-fields.js";
import { largestPageSize } from "./capabilities.js";
import type { ConditionName } from "./fault-conditions.js";
import {
  firstStageRights,
  HOST_MEMORY,
  isCanonical,
  markFirstStageLeaf,
  walkFirstStage,
  type FirstStageTables,
} from "./first-stage.js";
import { ENTRY_CHANGED, isStop, type Inquiry, type Stop } from "./inquiry.js";
import { isInterruptAddress, pageTouchesInterruptRange } from "./interrupt-range.js";
import { guestMemory } from "./nested.js";
import {
  inputWidth,
  markSecondStageLeaf,
  walkSecondStage,
  type SecondStageTables,
} from "./second-stage.js";
import type { TranslationPath } from "./translation-path.js";

/** Where an input address leads, and what the requester may do there. */
export interface Mapping {
  /** Host physical address of the input address. */
  readonly address: bigint;
  /** Bytes of the page that the translation covers. */
  readonly pageSize: number;
  readonly permissions: Permissions;
  /** The page must be snooped: PGSNP, or SNP of a second-stage leaf (§3.10). */
  readonly snooped: boolean;
}

const EVERYTHING: Permissions = { read: true, write: true };

/**
 * Translates the address of an untranslated or a translation request.
 * The walk starts over when another agent changed an entry under it; flags that the abandoned walk
 * has set stay set, as §3.6.2 and §3.7.2 permit for accessed flags.
 */
export function translateAddress(inquiry: Inquiry, path: TranslationPath): Mapping | ConditionName {
  let outcome: Mapping | Stop;
  do {
    outcome = walk(inquiry, path);
  } while (outcome === ENTRY_CHANGED);
  return outcome;
}

function walk(inquiry: Inquiry, path: TranslationPath): Mapping | Stop {
  const demand = demandOf(inquiry);
  switch (path.type) {
    case "pass-through":
      return passThrough(inquiry, path);
    case "first-stage":
      return throughFirstStage(inquiry, path, path.first, demand);
    case "second-stage":
      return throughSecondStage(inquiry, path, path.second, demand);
    case "nested":
      return throughBothStages(inquiry, path, path.first, path.second, demand);
  }
}

/** §3.9. */
function passThrough(inquiry: Inquiry, path: TranslationPath): Mapping | Stop {
  const { unit, request } = inquiry;
  const { address } = request;
  if (exceedsWidth(address, unit.HAW)) {
    const condition = path.mode === "legacy" ? "LGN.1.3" : "SGN.4.2";
    return inquiry.stop(condition, "the address is beyond the host address width");
  }
  if (request.kind === "untranslated" && isInterruptAddress(address)) {
    return refuseInterruptRange(inquiry, path);
  }
  const pageSize = largestPageSize(unit);
  return { address, pageSize, permissions: EVERYTHING, snooped: path.pageSnooped };
}

function throughFirstStage(
  inquiry: Inquiry,
  path: TranslationPath,
  first: FirstStageTables,
  demand: Demand,
): Mapping | Stop {
  const { address: input } = inquiry.request;
  if (!isCanonical(input, first.levels)) return inquiry.stop("SGN.1", "not canonical");
  const leaf = walkFirstStage(inquiry, first, input, HOST_MEMORY);
  if (isStop(leaf)) return leaf;
  const permissions = firstStageRights(inquiry, first, leaf);
  if (isStop(permissions)) return permissions;
  inquiry.note(inWords(permissions));
  const { address, pageSize } = leaf;
  return (
    refuseIfLacking(inquiry, path.mode, lackingRight(inquiry, demand, permissions)) ??
    checkOutput(inquiry, path, address, pageSize) ??
    markFirstStageLeaf(inquiry, first, leaf, demand.write && permissions.write) ?? {
      address,
      pageSize,
      permissions,
      snooped: path.pageSnooped,
    }
  );
}

function throughSecondStage(
  inquiry: Inquiry,
  path: TranslationPath,
  second: SecondStageTables,
  demand: Demand,
): Mapping | Stop {
  const { address: input } = inquiry.request;
  if (exceedsWidth(input, inputWidth(inquiry.unit, second))) {
    const condition = path.mode === "legacy" ? "LGN.1.1" : "SGN.5";
    return inquiry.stop(condition, "the address is beyond the second stage");
  }
  const leaf = walkSecondStage(inquiry, second, input, demand);
  if (isStop(leaf)) return leaf;
  const { address, pageSize, granted: permissions } = leaf;
  return (
    refuseIfLacking(inquiry, path.mode, lackingRight(inquiry, demand, permissions)) ??
    checkOutput(inquiry, path, address, pageSize) ??
    markSecondStageLeaf(inquiry, second, leaf, demand.write && permissions.write) ?? {
      address,
      pageSize,
      permissions,
      snooped: path.pageSnooped || leaf.snoop,
    }
  );
}

/**
 * First-stage rights, the second-stage walk of the final address with its rights, and only then the
 * flags of both leaves: a dirty flag is never set for a request that fails (§3.6.2).
 */
function throughBothStages(
  inquiry: Inquiry,
  path: TranslationPath,
  first: FirstStageTables,
  second: SecondStageTables,
  demand: Demand,
): Mapping | Stop {
  const { address: input } = inquiry.request;
  if (!isCanonical(input, first.levels)) return inquiry.stop("SGN.1", "not canonical");
  const outer = walkFirstStage(inquiry, first, input, guestMemory(inquiry, second));
  if (isStop(outer)) return outer;
  const firstGrants = firstStageRights(inquiry, first, outer);
  if (isStop(firstGrants)) return firstGrants;
  inquiry.note(inWords(firstGrants));
  const refused = refuseIfLacking(inquiry, path.mode, lackingRight(inquiry, demand, firstGrants));
  if (refused !== undefined) return refused;

  const inner = walkSecondStage(inquiry, second, outer.address, demand);
  if (isStop(inner)) return inner;
  const permissions = both(firstGrants, inner.granted);
  // A translation request gets what both stages grant; another request has passed the first already.
  const judged = demand.partial ? permissions : inner.granted;
  const written = demand.write && permissions.write;
  const { address } = inner;
  const pageSize = Math.min(outer.pageSize, inner.pageSize);
  return (
    refuseIfLacking(inquiry, path.mode, lackingRight(inquiry, demand, judged)) ??
    checkOutput(inquiry, path, address, pageSize) ??
    markFirstStageLeaf(inquiry, first, outer, written) ??
    markSecondStageLeaf(inquiry, second, inner, written) ?? {
      address,
      pageSize,
      permissions,
      snooped: path.pageSnooped || inner.snoop,
    }
  );
}

/**
 * LGN.4, SGN.8: an untranslated request must not reach FEEx_xxxxh, and no part of a page that a
 * device may cache may lie there.
 */
function checkOutput(
  inquiry: Inquiry,
  path: TranslationPath,
  address: bigint,
  pageSize: number,
): ConditionName | undefined {
  const reached =
    inquiry.request.kind === "untranslated"
      ? isInterruptAddress(address)
      : pageTouchesInterruptRange(address, pageSize);
  return reached ? refuseInterruptRange(inquiry, path) : undefined;
}

function refuseInterruptRange(inquiry: Inquiry, path: TranslationPath): ConditionName {
  const scalable = inquiry.request.kind === "untranslated" ? "SGN.8.1" : "SGN.8.2";
  const condition = path.mode === "legacy" ? "LGN.4" : scalable;
  return inquiry.stop(condition, "the output lies in the interrupt address range");
}
