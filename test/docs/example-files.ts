import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("examples/", import.meta.url));

const files = (readdirSync(folder, { recursive: true }) as string[])
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => /\.(ts|c|mjs)$/.test(name))
  .sort();

/** The examples in TypeScript by their names: "memory". */
export const exampleNames = files
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -".ts".length));

export function exampleText(file: string): string {
  return readFileSync(folder + file, "utf8");
}

/** What the pages may show: the text between `// #region` and `// #endregion`, by "memory#poison". */
export const regions: ReadonlyMap<string, string> = new Map(files.flatMap(regionsOf));

function regionsOf(file: string): [string, string][] {
  const name = file.replace(/\.\w+$/, "");
  const found = exampleText(file).matchAll(/^\/\/ #region (\S+)\n([\s\S]*?)^\/\/ #endregion\n/gm);
  return [...found].map(([, region, text]) => [`${name}#${region}`, text!]);
}

/** Names that promised values may use. */
const KNOWN = { PAGE_2M: 2 ** 21 };

/**
 * What the comments of an example say that it prints, in order: `// => VALUE, VALUE` stands for one
 * call of console.log; lines of `//` and at least three spaces go on with it. VALUE is an expression.
 */
export function promisedOutput(name: string): unknown[][] {
  const comments = exampleText(`${name}.ts`).matchAll(/\/\/ => (.*(?:\n *\/\/ {3,}.*)*)/g);
  return [...comments].map(([, text]) => {
    const values = text!.replaceAll(/\n *\/\//g, "\n");
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is the example's own
    const evaluate = new Function(...Object.keys(KNOWN), `return [${values}]`) as (
      ...known: number[]
    ) => unknown[];
    return evaluate(...Object.values(KNOWN));
  });
}

/** A block of code in a page, and `<!-- EXAMPLE#REGION -->` ahead of it. */
const BLOCK = /(^<!-- (\S+) -->\n\n)?^```(ts|c|js)\n([\s\S]*?)^```$/gm;

/** For every block of TypeScript, JavaScript or C in a page the region that it shows; undefined if it says none. */
export function shownRegions(markdown: string): (string | undefined)[] {
  return [...markdown.matchAll(BLOCK)].map(([, , region]) => region);
}

/** The page with the text of the regions in its blocks. */
export function withRegions(markdown: string): string {
  return markdown.replaceAll(
    BLOCK,
    (block: string, comment: string | undefined, region: string, language: string) => {
      const text = regions.get(region);
      return comment === undefined || text === undefined
        ? block
        : `${comment}\`\`\`${language}\n${text}\`\`\``;
    },
  );
}
