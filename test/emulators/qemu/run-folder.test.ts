import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { hasEnded, ownIdentity } from "../../../host/emulators/qemu/process-identity.js";
import { QemuError } from "../../../host/emulators/qemu/qemu-error.js";
import { RunFolder } from "../../../host/emulators/qemu/run-folder.js";
import { temporaryFolder } from "../../cli/run.js";

const RAM = 1 << 20;

function made(parent: string): RunFolder {
  const folder = RunFolder.create(RAM, [parent]);
  onTestFinished(() => {
    folder.remove();
  });
  return folder;
}

/** A process that has ended, as its folder's name has it. */
const [, STARTED, NAMESPACE] = ownIdentity()!.split("-");
const { pid: ENDED } = spawnSync("true");

describe("the name of a process", () => {
  it("tells that it runs, and that others with its number have ended", () => {
    expect(hasEnded(ownIdentity()!)).toBe(false);
    expect(hasEnded(`${process.pid}-1-${NAMESPACE}`)).toBe(true);
    expect(hasEnded(`${ENDED}-${STARTED}-${NAMESPACE}`)).toBe(true);
  });

  it("tells nothing of another namespace, nor of what is no name", () => {
    expect(hasEnded(`${ENDED}-${STARTED}-1`)).toBe(false);
    expect(hasEnded("")).toBe(false);
    expect(hasEnded(`../..-1-${NAMESPACE}`)).toBe(false);
  });
});

describe("the folder of a run", () => {
  it("is gone with all that is in it when it is removed, and its RAM has the size", () => {
    const parent = temporaryFolder();
    const folder = RunFolder.create(RAM, [parent]);
    folder.write("dmar.bin", new Uint8Array(4));
    expect(readdirSync(folder.path).sort()).toEqual(["dmar.bin", "ram"]);
    folder.remove();
    expect(readdirSync(parent)).toEqual([]);
  });

  it("makes away with those of processes that have ended, and no others", () => {
    const parent = temporaryFolder();
    const before = made(parent);
    const dead = `viommu-${ENDED}-${STARTED}-${NAMESPACE}-AbCdEf`;
    const others = [`viommu-${ENDED}-${STARTED}-1-AbCdEf`, `viommu-${ENDED}-AbCdEf`, "viommu-mine"];
    for (const name of [dead, ...others]) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, "ram"), "");
    }
    const folder = made(parent);
    const names = [...others, basename(before.path), basename(folder.path)];
    expect(readdirSync(parent).sort()).toEqual(names.sort());
    expect(existsSync(before.ramFile)).toBe(true);
  });

  it("is made where it fits, and is refused where sockets have no place", () => {
    const long = join(temporaryFolder(), "d".repeat(80));
    const short = temporaryFolder();
    mkdirSync(long);
    const folder = RunFolder.create(RAM, [long, short]);
    expect(folder.path.startsWith(short)).toBe(true);
    folder.remove();
    expect(() => RunFolder.create(RAM, [long])).toThrow(QemuError);
    expect(() => RunFolder.create(RAM, [long])).toThrow(
      /d makes paths of sockets with \d+ bytes, 107 are possible.*TMPDIR.*a shorter name/,
    );
    expect(readdirSync(long)).toEqual([]);
  });

  it("is refused where its RAM has no place", () => {
    const parent = temporaryFolder();
    expect(() => RunFolder.create(2 ** 60, [parent])).toThrow(/has \d+ MiB.*less memory/);
  });

  it("that the user names keeps what others have put there", () => {
    const path = temporaryFolder();
    writeFileSync(join(path, "mine"), "");
    const folder = RunFolder.at(path, RAM);
    folder.write("dmar.bin", new Uint8Array(4));
    folder.remove();
    expect(readdirSync(path)).toEqual(["mine"]);
  });

  it("that the user names has a file of a name that is needed: it stays, and nothing else does", () => {
    const path = temporaryFolder();
    writeFileSync(join(path, "ram"), "");
    expect(() => RunFolder.at(path, RAM)).toThrow(/ram exists/);
    expect(readdirSync(path)).toEqual(["ram"]);
  });

  it("that a dead process has left in the user's folder is taken over, by the names that it wrote down", () => {
    const path = temporaryFolder();
    for (const name of ["mine", "ram", "dmar.bin"]) writeFileSync(join(path, name), "");
    const owner = [`${ENDED}-${STARTED}-${NAMESPACE}`, "ram", "../mine-too", ""].join("\n");
    writeFileSync(join(path, "viommu-owner"), owner);
    RunFolder.at(path, RAM).remove();
    expect(readdirSync(path).sort()).toEqual(["dmar.bin", "mine"]);
  });
});
