import { expect, it } from "vitest";
import {
  coveredAfterAll,
  uncoveredSections,
  unknownSections,
} from "../../host/conformance/coverage/page.js";

it("every case belongs to a section that the manual has", () => {
  expect(unknownSections()).toEqual([]);
});

it("no section has a case and a reason for having none", () => {
  expect(coveredAfterAll()).toEqual([]);
});

it("every section of chapters 3 to 11 has a case, sections below with cases, or a reason", () => {
  expect(uncoveredSections()).toEqual([]);
});
