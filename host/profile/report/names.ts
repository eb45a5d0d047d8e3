import { faultConditions } from "../../spec/faults.js";
import { formatSourceId } from "../../spec/source-id.js";
import { causes, outcomes, requestKinds, stages, type RequestAccount } from "../account/index.js";

const ABBREVIATIONS: Readonly<Record<string, string>> = { iotlb: "IOTLB", pasid: "PASID" };

/** `pasidDirectoryRead` as "PASID directory read". */
export function words(name: string): string {
  return name
    .split(/(?=[A-Z])/)
    .map((word) => word.toLowerCase())
    .map((word) => ABBREVIATIONS[word] ?? word)
    .join(" ")
    .replace(/(first|second) stage/, "$1-stage");
}

const stageNames = stages.map(({ name }) => words(name));
const causeNames = causes.map(({ name }) => words(name));

export const deviceName = (sourceId: number): string => formatSourceId(sourceId);

export const pasidName = (pasid: number): string => (pasid < 0 ? "no PASID" : `PASID ${pasid}`);

/** @param stage place in `stages` */
export const stageText = (stage: number): string => stageNames[stage] ?? `stage ${stage}`;

/** A stage, or what was waited for ahead of it. */
export const stageTitle = ({ stage, cause }: { stage: string; cause: string }): string =>
  cause === "none" ? words(stage) : `${words(stage)}, waits: ${words(cause)}`;

/** @param cause place in `causes`, not 0 */
export const waitText = (cause: number): string => `waits: ${causeNames[cause] ?? cause}`;

/** What a request was, and what came of it where that is not the rule. */
export function requestText({ kind, outcome, condition }: RequestAccount): string {
  const fault = faultConditions[condition - 1]?.condition;
  const what = requestKinds[kind] ?? `kind ${kind}`;
  if (fault !== undefined) return `${what}: ${fault}`;
  return outcomes[outcome] === "blocked" ? `${what}: blocked` : what;
}
