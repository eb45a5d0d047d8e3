import { expect, it } from "vitest";
import { coveredAfterAll, unknownSections } from "../../host/conformance/coverage/page.js";

it("every case belongs to a section that the manual has", () => {
  expect(unknownSections()).toEqual([]);
});

it("no section has a case and a reason for having none", () => {
  expect(coveredAfterAll()).toEqual([]);
});
