import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("examples/", import.meta.url));

/** The examples by their paths below test/docs/examples, without ".ts". */
export const exampleNames = (readdirSync(folder, { recursive: true }) as string[])
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.replaceAll("\\", "/").slice(0, -".ts".length))
  .sort();

export function exampleText(name: string): string {
  return readFileSync(`${folder}${name}.ts`, "utf8");
}

/** The text between `// #region NAME` and `// #endregion`, by "example#NAME". */
export function regionsOf(name: string): Map<string, string> {
  const regions = exampleText(name).matchAll(/^\/\/ #region (\S+)\n([\s\S]*?)^\/\/ #endregion\n/gm);
  return new Map([...regions].map(([, region, text]) => [`${name}#${region}`, text!]));
}

/**
 * What the comments of an example say that it prints, in order: `// => VALUE, VALUE` stands for one
 * call of console.log; lines of `//` and at least three spaces go on with it. VALUE is an expression.
 */
export function promisedOutput(name: string): unknown[][] {
  const comments = exampleText(name).matchAll(/\/\/ => (.*(?:\n *\/\/ {3,}.*)*)/g);
  return [...comments].map(([, text]) => {
    const values = text!.replaceAll(/\n *\/\//g, "\n");
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is the example's own
    const evaluate = new Function(...Object.keys(KNOWN), `return [${values}]`) as (
      ...known: number[]
    ) => unknown[];
    return evaluate(...Object.values(KNOWN));
  });
}

/** Names that the promised values may use. */
const KNOWN = { PAGE_2M: 2 ** 21 };

/** A fenced block of TypeScript in a page, with the example that the comment before it names. */
export interface CodeBlock {
  readonly example: string | undefined;
  readonly text: string;
}

/** Every ```ts block of a page. `<!-- EXAMPLE#REGION -->` stands on the line before the block. */
export function codeBlocksOf(markdown: string): CodeBlock[] {
  const blocks = markdown.matchAll(/(?:^<!-- (\S+) -->\n\n?)?^```ts\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, example, text]) => ({ example, text: text! }));
}
