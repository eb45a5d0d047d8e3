import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exampleText } from "./example-files.js";
import { commandsOf, missingFrom, outputsOf, root, Workplace } from "./page-commands.js";

const guide = (name: string) => readFileSync(join(root, `docs/guides/${name}.md`), "utf8");
const workplace = new Workplace();
const sources = mkdtempSync(join(tmpdir(), "viommu-guide-"));
afterAll(() => {
  workplace.remove();
  rmSync(sources, { recursive: true });
});

describe.each(["library", "driver-author", "firmware", "profiling"])(
  "the commands of the %s guide",
  (name) => {
    it.each(commandsOf(guide(name)))("viommu %s runs and ends with 0", async (command) => {
      expect(await workplace.viommu(command.split(" "))).not.toBe("");
    });
  },
);

describe("the commands of the page on pictures of a profile", () => {
  const page = readFileSync(join(root, "docs/profile-outputs.md"), "utf8");
  it.each(commandsOf(page))("viommu %s runs and ends with 0", async (command) => {
    expect(await workplace.viommu(command.split(" "))).not.toBe("");
  });
});

/** Why firmware cannot be built here; undefined if it can. */
function obstacle(): string | undefined {
  const flags = ["-m32", "-ffreestanding", "-x", "c", "-c", "-o", join(sources, "probe.o"), "-"];
  const gcc = spawnSync("gcc", flags, { input: "int probe;" });
  if (gcc.status !== 0) return "gcc with -m32 is not installed";
  return spawnSync("make", ["--version"]).status === 0 ? undefined : "make is not installed";
}

describe("the programs of the firmware guide", () => {
  it.for([
    [0, "firmware/first.c"],
    [1, "firmware/flood.c"],
  ] as const)("output %i is what %s prints", async ([index, example], context) => {
    const reason = obstacle();
    context.skip(reason !== undefined, reason);
    const excerpt = outputsOf(guide("firmware"))[index]!;
    const firmware = join(sources, basename(example, ".c"));
    const isSource = (path: string) => basename(path) !== "build";
    cpSync(join(root, "firmware"), firmware, { recursive: true, filter: isSource });
    writeFileSync(join(firmware, "programs/my-test.c"), exampleText(example));
    const make = spawnSync("make", ["-C", firmware, "PROGRAMS=my-test"], { encoding: "utf8" });
    expect(make.stderr).toBe("");
    const output = await workplace.viommu(["boot", join(firmware, "build/my-test.elf")]);
    expect(missingFrom(output, excerpt)).toEqual([]);
  });
});
