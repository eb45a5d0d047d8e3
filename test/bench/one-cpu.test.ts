import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { lateCpu, onOneCpu } from "../../host/bench/one-cpu.js";

/** The CPUs that a program may use which is started now. */
function cpusOfAProgram(): string {
  const script = "/^Cpus_allowed_list/ { print $2 }";
  return spawnSync("awk", [script, "/proc/self/status"], { encoding: "utf8" }).stdout.trim();
}

it("takes one of the last CPUs of a list, and of those with a stride one that is in it", () => {
  expect(["0", "0,1", "0-7", "3,5-6", "0-7:2"].map(lateCpu)).toEqual([0, 1, 7, 6, 0]);
  expect(lateCpu("none")).toBeUndefined();
});

it("starts programs on one CPU while it works, and on all afterwards, also after an error", async () => {
  const before = cpusOfAProgram();
  const told = await onOneCpu((cpu) => Promise.resolve({ cpu, list: cpusOfAProgram() }));
  // Where there is no taskset, nothing changes.
  expect(told.list).toBe(told.cpu === undefined ? before : String(told.cpu));
  expect(cpusOfAProgram()).toBe(before);
  await expect(onOneCpu(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(cpusOfAProgram()).toBe(before);
});
