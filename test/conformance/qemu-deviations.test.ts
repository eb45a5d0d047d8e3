import { describe, expect, it } from "vitest";

import { cases, deviations } from "../../host/conformance/index.js";
import { deviationPage } from "../../host/conformance/reporters/deviation-page.js";

const listed = deviations.filter(({ target }) => target === "qemu");

describe("the list of QEMU's deviations", () => {
  it("names cases that there are, each once, under ids of their own", () => {
    const known = new Set(cases.map(({ id }) => id));
    const named = listed.flatMap((each) => [...each.cases]);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
    expect(named.filter((id, index) => named.indexOf(id) !== index)).toEqual([]);
    const ids = listed.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it("becomes a page with what the manual says, what the unit does, and what a run saw", () => {
    const [first] = listed;
    const page = deviationPage(
      {
        target: "qemu",
        title: "QEMU 1.2.3",
        preset: "fixed",
        fixed: [],
        cases: [
          {
            ...{ id: first!.cases[0]!, section: "1", title: "It holds", configuration: "legacy" },
            ...{ status: "known-deviation", deviation: first!.id, mismatches: [] },
            reason: "it did not",
          },
        ],
      },
      listed,
    );
    expect(page).toContain("# Where QEMU 1.2.3 differs from the manual");
    expect(page).toContain(`## ${first!.id}`);
    expect(page).toContain(first!.manual);
    expect(page).toContain(`by 1 of ${first!.cases.length} cases`);
    expect(page).toContain("it did not");
    expect(page).toContain("# Not determined by the manual");
  });
});
