import { createHash, type Hash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { at } from "../../../host/core/layout.js";
import type { UnitTap } from "../../../host/core/tap.js";
import { FaultLoad } from "../../../host/driver/load/index.js";
import { BlockWriter } from "../../../host/profile/recording/block-writer.js";
import { watchCalls } from "../../../host/profile/recording/watched-calls.js";
import {
  Recorder,
  Recording,
  Replay,
  type RecordingEnd,
} from "../../../host/profile/recording/index.js";
import { MemorySink } from "../../../host/profile/recording/sink.js";
import { recordedUnit } from "./unit.js";

/** Writes down all that a unit answers, and all that it writes to guest memory: into a checksum. */
function witness(hash: Hash, tap?: UnitTap): UnitTap {
  const note = (...what: readonly unknown[]) => void hash.update(`${what.join(" ")}\n`);
  return {
    attached: (options) => tap?.attached(options),
    restoring: () => tap?.restoring(),
    memory: (under) => {
      const port = tap?.memory(under) ?? under;
      return {
        ...port,
        write64: (address, value) => {
          const done = port.write64(address, value);
          note("write", address, value, done);
          return done;
        },
        compareExchange64: (address, expected, replacement) => {
          const found = port.compareExchange64(address, expected, replacement);
          note("exchange", address, expected, replacement, found);
          return found;
        },
        failed: () => port.failed(),
      };
    },
    calls: (exports) => {
      const watched = watchCalls(exports, {
        call: (kind, words, run) => {
          const answer = run();
          const result = new Uint8Array(exports.memory.buffer, at("RESULT"), at("RESULT_WHY") + 4);
          note(kind, words, answer, result);
          return answer;
        },
        resumed: (run) => run(),
        explaining: () => undefined,
      });
      return tap?.calls(watched) ?? watched;
    },
  };
}

it("outcomes, faults, page requests, invalidations and the unit's writes to guest memory have the checksum that they had", async () => {
  const [recorded, replayed] = [createHash("sha256"), createHash("sha256")];
  const { recorder, sink } = Recorder.inMemory();
  const options = { endpoints: 3, pasids: 4, groups: 120, checks: false };
  const load = await FaultLoad.create({ ...options, tap: witness(recorded, recorder) });
  load.run(60);
  load.forgetPages();
  load.run(60);
  recorder.finish();
  const recording = Recording.of(sink.bytes);
  const replay = await Replay.create(recording, { tap: witness(replayed), strict: true });
  const { calls, exact } = replay.run();
  expect([calls > 500, exact]).toEqual([true, true]);
  expect(replay.iommu.counters().pageGroupResponses).toBe(120n);
  expect(replayed.digest("hex")).toBe(recorded.digest("hex"));
});

/** Contents of the blocks of a recording, and what its end says. */
function takenApart(recording: Recording): { contents: Uint8Array[]; end: RecordingEnd } {
  const contents: Uint8Array[] = [];
  const blocks = recording.blocks();
  for (let next = blocks.next(); ; next = blocks.next()) {
    if (next.done === true) return { contents, end: next.value };
    contents.push(next.value.contents);
  }
}

function putTogether(
  { unit }: Recording,
  { contents, end }: ReturnType<typeof takenApart>,
): Recording {
  const sink = new MemorySink();
  const writer = new BlockWriter(sink, { unit });
  for (const each of contents) writer.calls(each);
  writer.end(end);
  sink.finish();
  return Recording.of(sink.bytes, "boot.viommu");
}

/** A recording of three writes of a device, the last of which finds no page. */
async function threeWrites(pageBits = 0n) {
  const { memory, pages, write, finish } = await recordedUnit();
  pages.map(0x7000n, 0x20_7000n, { write: true });
  const leaf = pages.entryAddress(0x7000n, 1);
  memory.write64(leaf, memory.read64(leaf)! | pageBits);
  const results = [0x7000n, 0x7008n, 0x9000n].map((address) => write(address));
  return { results, recording: finish() };
}

describe("a replay that must be exact", () => {
  const strictly = async (recording: Recording) =>
    (await Replay.create(recording, { strict: true })).run();

  it("says at which request it is not", async () => {
    const { recording } = await threeWrites();
    const parts = takenApart(recording);
    // The block ends with the digest of its last call.
    const last = Uint8Array.from(parts.contents.at(-1));
    last[last.length - 1]! ^= 1;
    const changed = putTogether(recording, { ...parts, contents: [last] });
    await expect(strictly(changed)).rejects.toThrow(
      "boot.viommu has another outcome of request 2 (call 5), translate of 00:02.0, PASID 5 at 0x9000, " +
        "than its replay: the recording was changed, or is of a viommu that does something else",
    );
    const counting = (await Replay.create(changed)).run();
    expect(counting).toMatchObject({ different: 1, exact: true });
    expect(await strictly(putTogether(recording, parts))).toMatchObject({ exact: true });
  });

  it("says which counter is another at its end", async () => {
    const { recording } = await threeWrites();
    const { contents, end } = takenApart(recording);
    const counters = { ...end.counters, iotlbHits: "7" };
    const changed = putTogether(recording, { contents, end: { ...end, counters } });
    await expect(strictly(changed)).rejects.toThrow(
      "boot.viommu has counter iotlbHits 7 at its end, and its replay 1: the recording was changed",
    );
  });

  it("says that calls are missing", async () => {
    const { recording } = await threeWrites();
    const { contents, end } = takenApart(recording);
    const changed = putTogether(recording, { contents, end: { ...end, calls: 9 } });
    await expect(strictly(changed)).rejects.toThrow("has 9 calls at its end, and 6 before");
  });

  it("is exact only if the unit wrote the same: its answers are not all", async () => {
    // A bit of the entry that software may use: the unit writes it back with the accessed and dirty flags (§9.7).
    const [plain, marked] = [await threeWrites(), await threeWrites(1n << 9n)];
    expect(marked.results).toEqual(plain.results);
    expect(takenApart(marked.recording).end.digest).not.toBe(
      takenApart(plain.recording).end.digest,
    );
    expect((await threeWrites()).recording.unit).toEqual(plain.recording.unit);
    expect(takenApart((await threeWrites()).recording).end.digest).toBe(
      takenApart(plain.recording).end.digest,
    );
  });

  it("does not refuse what other caches change", async () => {
    const { pages, write, finish } = await recordedUnit();
    pages.map(0x7000n, 0x20_7000n, { write: true });
    write(0x7000n);
    pages.unmap(0x7000n);
    pages.map(0x8000n, 0x20_8000n, { write: true });
    // The recorded unit has the first page in its IOTLB; one of one entry has not.
    for (const address of [0x8000n, 0x7000n]) write(address);
    const recording = finish();
    const replay = await Replay.create(recording, { caches: { iotlb: 1 }, strict: true });
    expect(replay.run()).toMatchObject({ different: 1, exact: false });
  });
});
