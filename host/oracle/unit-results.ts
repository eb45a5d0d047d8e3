import type { FaultRecording } from "../spec/requests.js";
import type { FaultReport } from "./outbox.js";

/** The fields of an answer that tell of a fault. */
interface Outcome {
  readonly condition?: string;
  readonly reason?: number;
  readonly record?: FaultRecording;
  readonly fields?: { readonly reason: number };
}

/** The answer as a unit gives it, without what the oracle tells of the log besides. */
export function withoutLog<R extends object>(result: R): R {
  const answer: R & { logged?: unknown; fields?: unknown } = { ...result };
  delete answer.logged;
  delete answer.fields;
  return answer;
}

/** The message of a fault; undefined for an answer that stands for none, or for one never logged. */
export function faultReportOf(
  request: { sourceId: number; address: bigint; pasid?: number | undefined },
  result: Outcome,
): FaultReport | undefined {
  const { condition, record } = result;
  const reason = result.reason ?? result.fields?.reason;
  const known = condition !== undefined && reason !== undefined && record !== undefined;
  if (!known || record === "not-logged") return undefined;
  const { sourceId, pasid, address } = request;
  return { sourceId, pasid, address, condition, reason, record };
}
