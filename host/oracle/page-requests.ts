import type { PageRequest } from "../spec/requests.js";
import { conditionOf, type ConditionName } from "./fault-conditions.js";
import type { FaultRecorder } from "./fault-recording.js";
import { isStop, type Inquiry } from "./inquiry.js";
import type { OracleState } from "./oracle-state.js";
import { readPasidEntry, type PasidEntry } from "./pasid-table.js";
import { leaveUnlogged, log, type LoggedCondition } from "./results.js";
import { checkRootTableAddress } from "./root-table-address.js";
import { readScalableContext } from "./scalable-context.js";

/** Whether a page request may go into the page request queue (§7.4.1). */
export type PageRequestAuthorisation =
  | {
      readonly ok: true;
      /** PASID whose translations the request is about: its own, or RID_PASID. */
      readonly pasid: number;
      /** Selects the implicit invalidation (§6.5.3.1). */
      readonly pasidEntry: PasidEntry;
    }
  | RefusedPageRequest
  | {
      readonly ok: false;
      /** The unit does not handle page requests now: no condition, no answer, nothing logged. */
      readonly condition: undefined;
      readonly why: "translation-disabled" | "PRS=0";
      readonly answer: "drop";
    };

export interface RefusedPageRequest extends LoggedCondition {
  readonly ok: false;
  readonly condition: ConditionName;
  readonly reason: number;
  readonly qualified: boolean;
  /** An entry with Fault Processing Disable was met. */
  readonly fpd: boolean;
  /** Invalid Request is answered to the last request of a group; others are dropped. */
  readonly answer: "invalid-request" | "drop";
}

/** Looks the request up as far as its PASID-table entry; a page request walks no page table. */
export function authorise(
  inquiry: Inquiry,
  request: PageRequest,
  state: OracleState,
  recorder: FaultRecorder,
): PageRequestAuthorisation {
  const silently = { ok: false, condition: undefined, answer: "drop" } as const;
  if (!inquiry.unit.PRS) return { ...silently, why: "PRS=0" };
  if (!state.translationEnabled) return { ...silently, why: "translation-disabled" };

  const found = lookUp(inquiry, state.rootTableAddress);
  if (!isStop(found)) return { ok: true, ...found };
  const { reason, qualified } = conditionOf(found);
  const stopMarker = request.last && !request.read && !request.write;
  return {
    ok: false,
    condition: found,
    reason,
    qualified,
    fpd: inquiry.faultProcessingDisabled,
    answer: request.last && !stopMarker ? "invalid-request" : "drop",
    ...(stopMarker ? leaveUnlogged(inquiry, found) : log(inquiry, recorder, found)),
  };
}

function lookUp(
  inquiry: Inquiry,
  rootTableAddress: bigint,
): { pasid: number; pasidEntry: PasidEntry } | ConditionName {
  const root = checkRootTableAddress(inquiry, rootTableAddress);
  if (isStop(root)) return root;
  const context = readScalableContext(inquiry, root.address);
  if (isStop(context)) return context;
  const pasidEntry = readPasidEntry(inquiry, context);
  return isStop(pasidEntry) ? pasidEntry : { pasid: context.pasid, pasidEntry };
}
