import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { codeBlocksOf, exampleNames, promisedOutput, regionsOf } from "./example-files.js";

const PAGES = ["README.md", "docs/guides/library.md", "docs/guides/driver-author.md"];

const blocks = PAGES.flatMap((page) => {
  const markdown = readFileSync(new URL(`../../${page}`, import.meta.url), "utf8");
  return codeBlocksOf(markdown).map((block) => ({ page, ...block }));
});

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

describe("the pages", () => {
  it.each(PAGES)("%s shows code of tested examples alone, to the letter", (page) => {
    const regions = new Map(exampleNames.flatMap((name) => [...regionsOf(name)]));
    for (const { example, text } of blocks.filter((block) => block.page === page)) {
      expect(regions.has(example ?? ""), `<!-- ${example} --> before:\n${text}`).toBe(true);
      expect(text).toBe(regions.get(example ?? ""));
    }
  });

  it("leave out no example", () => {
    const shown = new Set(blocks.map(({ example }) => example));
    const all = exampleNames.flatMap((name) => [...regionsOf(name).keys()]);
    expect(all.filter((region) => !shown.has(region))).toEqual([]);
  });
});
