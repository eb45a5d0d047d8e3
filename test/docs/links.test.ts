import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "./page-commands.js";

const docs = (readdirSync(join(root, "docs"), { recursive: true }) as string[])
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);
const PAGES = ["README.md", "CHANGELOG.md", "firmware/README.md", ...docs];

/** Markdown without its blocks of code, where brackets are no links. */
function proseOf(file: string): string {
  return readFileSync(file, "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(file: string): string[] {
  return [...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function linksOf(page: string): string[] {
  return [...proseOf(join(root, page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to!);
}

/** Links of a page within the repository that lead nowhere. */
function brokenLinks(page: string): string[] {
  return linksOf(page).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path, anchor] = link.split("#") as [string, string | undefined];
    const file = path === "" ? join(root, page) : join(root, dirname(page), path);
    if (!existsSync(file) || relative(root, file).startsWith("..")) return true;
    return anchor !== undefined && !anchorsOf(file).includes(anchor);
  });
}

describe("every link within the repository leads somewhere", () => {
  it.each(PAGES)("%s", (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });
});

it("every page is to be found from the README, over other pages", () => {
  const found = new Set(["README.md"]);
  for (const page of found) {
    for (const link of linksOf(page)) {
      const file = join(dirname(page), link.split("#")[0]!);
      if (PAGES.includes(file)) found.add(file);
    }
  }
  expect(docs.filter((page) => !found.has(page))).toEqual([]);
});
