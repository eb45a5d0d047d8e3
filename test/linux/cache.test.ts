import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { temporaryFolder } from "../cli/run.js";

const script = fileURLToPath(new URL("setup/cache.sh", import.meta.url));

/** Runs a line of shell with what the setup of guests has, in a cache of its own. */
function inCache(folder: string, line: string) {
  const env = { ...process.env, VIOMMU_CACHE: folder };
  return spawnSync("bash", ["-euo", "pipefail", "-c", `source "$0"; ${line}`, script], { env });
}

it("the cache keeps the newest two of each kind, the one that is about to be made among them", () => {
  const folder = temporaryFolder();
  const cache = join(folder, "linux");
  const digits = (first: string) => `${first}0123456789abcde`;
  mkdirSync(join(cache, `sid-${digits("a")}`), { recursive: true });
  const files = [
    ...["a", "b", "c"].map((first) => `iommufd-kernel-${digits(first)}`),
    `initramfs-${digits("a")}.gz`,
    `initramfs-${digits("b")}.gz`,
    "iommufd-kernel-notes",
    `iommufd-kernel-${digits("d")}.part`,
    "setup.log",
  ];
  files.forEach((name, index) => {
    writeFileSync(join(cache, name), "");
    utimesSync(join(cache, name), index + 1, index + 1);
  });
  const { status, stderr } = inCache(folder, `prune "$cache/iommufd-kernel-${digits("e")}"`);
  expect([status, stderr.toString()]).toEqual([0, ""]);
  const gone = files.slice(0, 2);
  const kept = [...files, `sid-${digits("a")}`].filter((name) => !gone.includes(name));
  expect(readdirSync(cache).sort()).toEqual(kept.sort());
});

it("the cache has nothing to remove when nothing of the kind is there", () => {
  const { status } = inCache(temporaryFolder(), `prune "$cache/initramfs-0123456789abcdef.gz"`);
  expect(status).toBe(0);
});

it("the setup tells what it cannot do on this machine from what went wrong, by exit code 77", () => {
  const { status, stderr } = inCache(temporaryFolder(), `need_space 999999999999`);
  expect(stderr.toString()).toMatch(/^test\/linux: .* of free space, .*: set VIOMMU_CACHE/);
  expect(status).toBe(77);
});
