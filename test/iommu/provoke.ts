/** Sends the requests that the condition rows describe, and says what came of them. */
import type { PageRequestResult, TranslateResult, TranslationResult } from "../../host/index.js";
import type { Column, RequestFields } from "./conditions/row.js";
import type { Unit } from "./unit.js";
import { INPUT, PASID, SID } from "./worlds.js";

export interface Outcome {
  /** UR, CA, S0, "S0 logged", R, W, RW; IR or drop of a page request; else the status. */
  readonly answer: string;
  readonly condition?: string | undefined;
  readonly reason?: number | undefined;
  readonly record?: string | undefined;
}

export const withPasid = (column: Column): boolean => column.endsWith("+P");

/** `last`: the page request is the last of its group. */
export function send(unit: Unit, column: Column, fields: RequestFields, last = true): Outcome {
  const { iommu } = unit;
  const { access = "read", size = 8, privileged = false, execute = false } = fields;
  const sourceId = fields.sourceId ?? SID;
  const pasid = withPasid(column) ? (fields.pasid ?? PASID) : undefined;
  const request = { sourceId, pasid, address: fields.address ?? INPUT, privileged, execute };
  switch (column) {
    case "U":
    case "U+P":
      return ofTranslation(iommu.translate({ ...request, access, size }));
    case "TR":
    case "TR+P":
      return ofCompletion(
        iommu.requestTranslation({ ...request, noWrite: fields.noWrite ?? false }),
      );
    case "TD":
    case "TD+P":
      return ofTranslation(iommu.translateTranslated({ ...request, access, size }));
    case "PR":
    case "PR+P":
      return ofPageRequest(
        iommu.requestPage({ ...request, read: true, write: false, last, group: 3 }),
      );
  }
}

function ofTranslation(result: TranslateResult): Outcome {
  if (result.status !== "fault") return { answer: result.status };
  const { completion, condition, reason, record } = result;
  return { answer: completion, condition, reason, record };
}

function ofCompletion(result: TranslationResult): Outcome {
  if (result.status !== "ok") return ofTranslation(result);
  const { condition, record } = result;
  const permissions = `${result.read ? "R" : ""}${result.write ? "W" : ""}`;
  if (permissions !== "" || result.untranslatedOnly || result.sizeBit) {
    return { answer: permissions, condition, record };
  }
  const logged = record === "recorded" || record === "collapsed" || record === "overflow";
  return { answer: logged ? "S0 logged" : "S0", condition, record };
}

function ofPageRequest(result: PageRequestResult): Outcome {
  if (result.status === "accepted") return { answer: "accepted" };
  const { why: condition, record } = result;
  if (result.status === "dropped") return { answer: "drop", condition, record };
  return { answer: result.code === "invalid-request" ? "IR" : result.code, condition, record };
}
