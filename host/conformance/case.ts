import type { Ability } from "./abilities.js";
import type { Bench } from "./bench/bench.js";
import type { UnitWishes } from "./configuration.js";
import type { CapabilityNeed } from "./needs.js";

/** What a case cannot do without. */
export interface CaseNeeds {
  /**
   * Fields of CAP and ECAP: "SMTS" (not 0), "!RWBF" (0), or `{ NFR: atLeast(1), MAJOR: atMost(5) }`;
   * MAJOR and MINOR are those of VER_REG.
   */
  readonly capabilities?: readonly CapabilityNeed[];
  readonly abilities?: readonly Ability[];
}

/** One claim of the manual, and the steps that show whether a unit keeps it. */
export interface ConformanceCase {
  /** "VTD-", the section, "-", and some words with hyphens; the only one of its name. */
  readonly id: string;
  /** Section of the manual, for example "7.2.1". */
  readonly section: string;
  /** What the unit does, as one sentence without a full stop. */
  readonly title: string;
  readonly needs?: CaseNeeds;
  /** Changes of the unit that a target with a choice makes; of others the capabilities are needs. */
  readonly with?: UnitWishes;
  readonly steps: (bench: Bench) => Promise<void>;
}

/** A case as it stands in the list of its section: `id` is what follows the section. */
export type SectionCase = Omit<ConformanceCase, "section"> & { readonly section?: string };

/** Cases of one section. */
export function casesOf(section: string, cases: readonly SectionCase[]): ConformanceCase[] {
  return cases.map((each) => {
    const where = each.section ?? section;
    return { ...each, section: where, id: `VTD-${where}-${each.id}` };
  });
}

/** The same claim of several subjects: one case for each. */
export function caseForEach<T>(
  subjects: readonly T[],
  make: (subject: T) => SectionCase,
): SectionCase[] {
  return subjects.map(make);
}
