import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commandsOf, missingFrom, outputsOf, root, Workplace } from "./page-commands.js";

const readme = readFileSync(join(root, "README.md"), "utf8");
const workplace = new Workplace();
afterAll(() => {
  workplace.remove();
});

/** Commands that measure: their help is asked for instead. */
const LONG = ["bench"];

describe("README", () => {
  it.each(commandsOf(readme))("viommu %s runs and ends with 0", async (command) => {
    const args = command.split(" ");
    const name = args[0]!;
    const isLong = LONG.includes(name);
    const output = await workplace.viommu(isLong ? [...args, "--help"] : args);
    expect(output).toContain(isLong ? `Usage: viommu ${name}` : "");
    expect(output).not.toBe("");
  });

  it("shows what npm start prints, with gaps at the dots", async () => {
    const [excerpt] = outputsOf(readme);
    expect(excerpt).toContain("pass");
    expect(missingFrom(await workplace.viommu(["boot"]), excerpt!)).toEqual([]);
  });

  it("names scripts of package.json alone", () => {
    const manifest = readFileSync(join(root, "package.json"), "utf8");
    const { scripts } = JSON.parse(manifest) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm (?:run (\w+)|(start|test))\b/g)].map(
      ([, script, short]) => script ?? short!,
    );
    expect(new Set(named)).toEqual(new Set(["start", "test", "fuzz", "check"]));
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});
