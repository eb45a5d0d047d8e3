import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

import { describe, expect, it } from "vitest";

import { Iommu } from "../../../host/index.js";
import {
  Recorder,
  Recording,
  RecordingError,
  Replay,
  type RecordingSink,
} from "../../../host/profile/recording/index.js";
import { temporaryFolder } from "../../cli/run.js";
import { enableTranslation, layTables, recordedUnit } from "./unit.js";

const NAME = "boot.viommu";

/** A recording of a few calls. */
async function someBytes(): Promise<Uint8Array> {
  const { pages, write, finish, sink } = await recordedUnit();
  pages.map(0x7000n, 0x20_7000n, { write: true });
  for (const address of [0x7000n, 0x7008n, 0x9000n]) write(address);
  finish();
  return sink.bytes;
}

/** The error that reading gives. */
function problemOf(bytes: Uint8Array): RecordingError {
  try {
    Array.from(Recording.of(bytes, NAME).blocks());
  } catch (error) {
    if (error instanceof RecordingError) return error;
    throw error;
  }
  throw new Error("it was read to its end");
}

const changed = (bytes: Uint8Array, offset: number, value: number): Uint8Array => {
  const copy = bytes.slice();
  copy[offset] = value;
  return copy;
};

describe("a file that is read as a recording", () => {
  it("is refused, with its name and the place, wherever it is cut off", async () => {
    const bytes = await someBytes();
    for (let length = 0; length < bytes.length; length++) {
      const { file, offset, message } = problemOf(bytes.subarray(0, length));
      expect(file).toBe(NAME);
      expect(offset).toBeLessThanOrEqual(length);
      expect(message).toMatch(/^boot\.viommu, byte \d+: .*(cut off|no recording)/);
    }
    expect([...(await Replay.create(Recording.of(bytes)))]).toHaveLength(6);
  });

  it("is refused, with its name and the place, whatever byte of it is damaged", async () => {
    const bytes = await someBytes();
    for (let offset = 0; offset < bytes.length; offset++) {
      const problem = problemOf(changed(bytes, offset, bytes[offset]! ^ 0x41));
      expect(problem.message).toMatch(/^boot\.viommu, byte \d+: /);
      expect(problem.offset).toBeLessThanOrEqual(offset);
    }
  });

  it("has a digest that tells its contents, and that a file which is cut off has not", async () => {
    const bytes = await someBytes();
    const { pages, write, finish, sink } = await recordedUnit();
    pages.map(0x7000n, 0x20_7000n, { write: true });
    for (const address of [0x7000n, 0x7008n, 0xa000n]) write(address);
    finish();
    const digest = Recording.of(bytes).digest();
    expect(Recording.of(await someBytes(), NAME).digest()).toBe(digest);
    expect(Recording.of(sink.bytes).digest()).not.toBe(digest);
    const cut = Recording.of(bytes.subarray(0, bytes.length - 1), NAME);
    expect(() => cut.digest()).toThrow(/boot\.viommu, byte \d+: the recording is cut off/);
  });

  it("is refused when it is something else", () => {
    const { message } = problemOf(Buffer.from("#!/bin/sh\necho hello, I am no recording\n"));
    expect(message).toBe("boot.viommu, byte 0: this is no recording of viommu");
  });

  it("is refused when it has another version", async () => {
    const { message } = problemOf(changed(await someBytes(), 8, 9));
    expect(message).toMatch(/byte 8: the recording has format version 9, expected 2: record it/);
  });

  it("is refused when something stands behind its end", async () => {
    const bytes = await someBytes();
    const { message } = problemOf(Buffer.concat([bytes, Buffer.from("more")]));
    expect(message).toBe(`boot.viommu, byte ${bytes.length}: 4 bytes stand behind the end`);
  });

  it("is refused when its header is that of another program", () => {
    const json = Buffer.from(JSON.stringify({ unit: { preset: "full", caches: null } }));
    const prefix = Buffer.alloc(20);
    prefix.write("viommu-r");
    [2, json.length, crc32(json)].forEach((word, index) =>
      prefix.writeUInt32LE(word, 8 + 4 * index),
    );
    const { message } = problemOf(Buffer.concat([prefix, json]));
    expect(message).toBe("boot.viommu, byte 20: the recording is damaged");
  });

  it("is refused when there is none", () => {
    const path = join(temporaryFolder(), NAME);
    expect(() => Recording.open(path)).toThrow(RecordingError);
    expect(() => Recording.open(path)).toThrow(/boot\.viommu cannot be read: .*\(ENOENT\)/);
    expect(() => Recording.open(temporaryFolder())).toThrow(
      /cannot be read: it is a folder \(EISDIR\)/,
    );
  });
});

describe("a recording that is written to a file", () => {
  const record = async (path: string) => {
    const { memory, tables } = layTables();
    const recorder = Recorder.toFile(path);
    const iommu = await Iommu.create({ memory, preset: "full", tap: recorder });
    enableTranslation(iommu, tables.rootTableAddress);
    return { recorder, iommu };
  };

  it("has its name when it is whole, and replaces what was there", async () => {
    const folder = temporaryFolder();
    const path = join(folder, NAME);
    writeFileSync(path, "what was there");
    const { recorder } = await record(path);
    expect(readFileSync(path, "utf8")).toBe("what was there");
    expect(readdirSync(folder)).toEqual([NAME, `${NAME}.${process.pid}.part`]);
    recorder.finish();
    expect(readdirSync(folder)).toEqual([NAME]);
    const replay = await Replay.create(Recording.open(path));
    expect([...replay]).toHaveLength(3);
  });

  it("leaves nothing when it is given up", async () => {
    const folder = temporaryFolder();
    const { recorder, iommu } = await record(join(folder, NAME));
    recorder.abandon();
    expect(readdirSync(folder)).toEqual([]);
    expect(iommu.read32(0x1c)).toBe(0xc000_0000);
  });

  it("is of several blocks, which are read one at a time", async () => {
    const path = join(temporaryFolder(), NAME);
    const { recorder, iommu } = await record(path);
    const calls = 100_000;
    for (let i = 0; i < calls; i++) iommu.translateWords(0x10, i & 0xfffff, i << 12, i, 8 << 16);
    recorder.finish();
    const recording = Recording.open(path);
    expect([...recording.blocks()].length).toBeGreaterThan(5);
    const replay = await Replay.create(recording);
    let count = 0;
    for (const { same } of replay) count += same ? 1 : 0;
    expect(count).toBe(calls + 3);
    expect(replay.summary.exact).toBe(true);
  });

  it("cannot be made where there is no folder, or in place of one", () => {
    const folder = temporaryFolder();
    expect(() => Recorder.toFile(join(folder, "no", NAME))).toThrow(
      /cannot be written: .*\(ENOENT\)/,
    );
    mkdirSync(join(folder, "taken"));
    expect(() => Recorder.toFile(join(folder, "taken"))).toThrow(
      /taken cannot be written: it is a folder/,
    );
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

describe("a recording that its place has no room for", () => {
  /** Takes so many bytes. */
  class FullSink implements RecordingSink {
    readonly name = "a full disk";
    abandoned = false;
    #room: number;
    constructor(room: number) {
      this.#room = room;
    }
    write(bytes: Uint8Array): void {
      this.#room -= bytes.length;
      if (this.#room < 0) throw new RecordingError(this.name, "cannot be written: ENOSPC");
    }
    finish(): void {
      expect.fail("it is not whole");
    }
    abandon(): void {
      this.abandoned = true;
    }
  }

  it.each([0, 100, 5000, 200_000])(
    "(%i bytes) ends, does not disturb its unit, and tells at the end",
    async (room) => {
      const { memory, tables } = layTables();
      const sink = new FullSink(room);
      const recorder = new Recorder(sink);
      const iommu = await Iommu.create({ memory, preset: "full", tap: recorder });
      enableTranslation(iommu, tables.rootTableAddress);
      let failures = 0;
      for (let i = 0; i < 100_000; i++) {
        failures += iommu.translateWords(0x10, i & 0xfffff, i << 12, i, 8 << 16) === 0 ? 0 : 1;
      }
      expect(failures).toBe(100_000);
      expect(() => {
        recorder.finish();
      }).toThrow("a full disk cannot be written: ENOSPC");
      expect(sink.abandoned).toBe(true);
    },
  );
});
