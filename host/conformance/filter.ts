import type { ConformanceCase } from "./case.js";
import { capabilitiesOf } from "./needs.js";

/**
 * Whether a case is meant by a filter: the number of a section, with those below it ("7.2"), an id or
 * the start of one ("VTD-7.2.1-"), or a capability that the case needs ("SMTS").
 */
function isMeant(subject: ConformanceCase, filter: string): boolean {
  const { id, section } = subject;
  return (
    section === filter ||
    section.startsWith(`${filter}.`) ||
    id.startsWith(filter) ||
    capabilitiesOf(subject).includes(filter)
  );
}

/** The cases that one of the filters means; all without a filter. */
export function chosenCases(
  cases: readonly ConformanceCase[],
  filters: readonly string[],
): ConformanceCase[] {
  if (filters.length === 0) return [...cases];
  return cases.filter((subject) => filters.some((filter) => isMeant(subject, filter)));
}
