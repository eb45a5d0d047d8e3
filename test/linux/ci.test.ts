import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

import { temporaryFolder } from "../cli/run.js";

const script = fileURLToPath(new URL("../../.ci/linux", import.meta.url));

function run(environment: Readonly<Record<string, string>>) {
  const env = { ...process.env, VIOMMU_CACHE: temporaryFolder(), ...environment };
  const { status, stdout } = spawnSync(script, { env, encoding: "utf8" });
  return { status, stdout };
}

it("a machine that cannot get Debian skips the guests, and says why", () => {
  // No root, no apt, no space or, at last, nobody who answers as a mirror.
  const { status, stdout } = run({ VIOMMU_DEBIAN_MIRROR: "http://127.0.0.1:9/debian" });
  expect(stdout).toMatch(/^skipped: the guests of npm run test:linux: \S.*\n$/);
  expect(status).toBe(77);
});

it("a machine without time skips the guests, and says so", () => {
  const { status, stdout } = run({ VIOMMU_LINUX_MINUTES: "0" });
  expect(stdout).toMatch(/the setup has not ended in 0 minutes/);
  expect(status).toBe(77);
});
