import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { buildRecord, firmwareFolder, imageNames, readImage } from "./images.js";

const folder = mkdtempSync(join(tmpdir(), "viommu-firmware-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** First line that a tool prints, or why it printed none. */
function firstLine(tool: string, argument: string): string {
  const { stdout, error } = spawnSync(tool, [argument], { encoding: "utf8" });
  return error ? `${tool} is not installed` : (stdout.split("\n")[0] ?? "");
}

/** Why the images cannot be rebuilt to the same bytes here; undefined if they can. */
function obstacle(): string | undefined {
  const here = {
    compiler: firstLine("gcc", "--version"),
    target: firstLine("gcc", "-dumpmachine"),
    linker: firstLine("ld", "--version"),
  };
  for (const key of ["compiler", "target", "linker"] as const) {
    if (here[key] !== buildRecord[key]) {
      return `images were built with ${key} "${buildRecord[key]}", here: "${here[key]}"`;
    }
  }
  const make = firstLine("make", "--version");
  return make.startsWith("GNU Make") ? undefined : `GNU Make is needed, here: "${make}"`;
}

it("the images are what firmware/ builds, byte for byte", (context) => {
  const reason = obstacle();
  context.skip(reason !== undefined, reason);
  const make = spawnSync("make", ["-C", firmwareFolder, `BUILD=${folder}`], { encoding: "utf8" });
  expect(make.stderr).toBe("");
  expect(make.status).toBe(0);
  for (const name of imageNames) {
    expect(readFileSync(join(folder, name)).equals(readImage(name)), name).toBe(true);
  }
});
