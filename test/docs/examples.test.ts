import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  exampleNames,
  promisedOutput,
  regions,
  shownRegions,
  withRegions,
} from "./example-files.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const NAMES = [
  "library",
  "driver-author",
  "driver-scenarios",
  "fault-handlers",
  "firmware",
  "profiling",
];
const GUIDES = NAMES.map((name) => `docs/guides/${name}.md`);
const DEVICES = ["edu", "iommu-testdev", "qtest"].map((name) => `docs/${name}.md`);
const PAGES = [
  "README.md",
  ...GUIDES,
  ...DEVICES,
  "docs/conformance-cases.md",
  "docs/iommufd.md",
  "docs/page-tables.md",
  "docs/recordings.md",
  "docs/conformance-protocol.md",
  "docs/vfio.md",
];
const textOf = (page: string) => readFileSync(root + page, "utf8");

afterEach(() => {
  vi.restoreAllMocks();
});

describe("an example", () => {
  it.each(exampleNames)("%s prints what its comments say", async (name) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(`./examples/${name}.ts`);
    expect(log.mock.calls).toEqual(promisedOutput(name));
  });
});

describe("the code of the pages", () => {
  it.each(PAGES)("%s names a tested example for each block", (page) => {
    const unknown = shownRegions(textOf(page)).filter((region) => !regions.has(region ?? ""));
    expect(unknown).toEqual([]);
  });

  // After a change of an example `npx vitest run test/docs -u` brings the pages up to date.
  it.each(PAGES)("%s shows the examples to the letter", async (page) => {
    await expect(withRegions(textOf(page))).toMatchFileSnapshot(root + page);
  });

  it("leaves out no example", () => {
    const shown = new Set(PAGES.flatMap((page) => shownRegions(textOf(page))));
    expect([...regions.keys()].filter((region) => !shown.has(region))).toEqual([]);
  });
});
