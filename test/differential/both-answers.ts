import type { Iommu } from "../../host/iommu.js";
import type { Oracle } from "../../host/oracle/index.js";
import type { Answer } from "./cached-reads.js";

/** What is asked of the unit and of the oracle. */
export interface Call {
  readonly method: "translate" | "requestTranslation" | "translateTranslated" | "requestPage";
  readonly request: Parameters<Iommu["translate"]>[0] &
    Parameters<Iommu["requestTranslation"]>[0] &
    Parameters<Iommu["requestPage"]>[0];
}

export function sayOfUnit(iommu: Iommu, { method, request }: Call): Answer {
  if (method !== "requestPage") return comparable(iommu[method](request));
  const said = iommu.requestPage(request);
  if (said.status === "accepted") return { status: "accepted" };
  return comparable({ status: "refused", condition: said.why, record: said.record });
}

export function sayOfOracle(oracle: Oracle, { method, request }: Call): Answer {
  if (method !== "requestPage") return comparable(oracle[method](request));
  const said = oracle.authorisePageRequest(request);
  if (said.ok) return { status: "accepted" };
  const condition = said.condition ?? said.why;
  const record = said.condition === undefined ? undefined : said.record;
  return comparable({ status: "refused", condition, record });
}

/** An answer without the record, which depends on the faults before it: only whether FPD suppressed it. */
function comparable(result: object): Answer {
  const { logged, fields, record, ...rest } = result as Record<string, unknown>;
  void logged;
  void fields;
  return { ...rest, suppressed: record === "suppressed" } as unknown as Answer;
}
