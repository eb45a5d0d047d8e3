import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where the pages' commands run: a folder with the images, and the demonstration as the reader's own. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), "viommu-docs-"));

  constructor() {
    mkdirSync(join(this.folder, "firmware/build"), { recursive: true });
    cpSync(join(root, "images"), join(this.folder, "images"), { recursive: true });
    for (const image of ["my-test.elf", "firmware/build/my-test.elf"]) {
      cpSync(join(root, "images/pri-demo.elf"), join(this.folder, image));
    }
  }

  /** Standard output of the built command; rejected if it does not end with 0. */
  async viommu(args: readonly string[]): Promise<string> {
    const main = join(root, "dist/host/cli/main.js");
    const options = { cwd: this.folder };
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], options);
    return stdout;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The arguments of each `npx viommu` in a page, in blocks of shell commands and in text. */
export function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
  const inBlocks = blocks.join("").matchAll(/^npx viommu (.*?)(?:\s+[#>].*)?$/gm);
  const inText = markdown.matchAll(/`npx viommu ([^`]+)`/g);
  return [...new Set([...inBlocks, ...inText].map(([, args]) => args!))];
}

/** The blocks of a page that show output: those without a language. */
export function outputsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, language]) => language === "")
    .map(([, , text]) => text!);
}

/** The pieces between the "..." of an excerpt that do not follow each other in the output. */
export function missingFrom(output: string, excerpt: string): string[] {
  let from = 0;
  return excerpt.split("...\n").filter((piece) => {
    const at = output.indexOf(piece.trimEnd(), from);
    if (at >= 0) from = at + piece.trimEnd().length;
    return at < 0;
  });
}
