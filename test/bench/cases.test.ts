import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { batchCases, type BatchCase } from "../../host/bench/cases.js";
import { compileYardstick, findCompiler } from "../../host/bench/compiler.js";
import { NativeSide } from "../../host/bench/native-side.js";
import { singleCaseNames, singleCases } from "../../host/bench/single-cases.js";
import { createWasmSide } from "../../host/bench/sides.js";
import { builds, createMachine, type Build } from "../../host/bench/unit.js";
import { buildWorkload, type Workload } from "../../host/bench/workload.js";
import { BATCH_RECORDS, type CounterName } from "../../host/core/layout.js";

type Counters = Readonly<Record<CounterName, bigint>>;

function difference(before: Counters, after: Counters): Record<string, bigint> {
  const names = Object.keys(after) as CounterName[];
  return Object.fromEntries(names.map((name) => [name, after[name] - before[name]]));
}

const workloads = new Map<BatchCase, Workload>();

/** Tables of some cases take a second to build, and every side starts from the same. */
function workloadOf(benchCase: BatchCase): Workload {
  const workload = workloads.get(benchCase) ?? buildWorkload(benchCase);
  workloads.set(benchCase, workload);
  return workload;
}

const wasmSide = (build: Build, benchCase: BatchCase) =>
  createWasmSide(build, benchCase, workloadOf(benchCase));

describe.each(batchCases)("the case $name", (benchCase) => {
  it.each(builds)("counts in %s what it says, and translates every request", async (build) => {
    const side = await wasmSide(build, benchCase);
    expect((await side.run(2)).failures).toBe(0);
    const before = await side.counters();
    await side.run(1);
    const counted = difference(before, await side.counters());
    const requests = benchCase.batches * BATCH_RECORDS;
    const kind = benchCase.pageRequests === undefined ? "requests" : "pageRequests";
    expect(counted[kind]).toBe(BigInt(requests));
    for (const [name, each] of Object.entries(benchCase.counts)) {
      expect(counted[name], name).toBe(BigInt(each * requests));
    }
  });
});

describe.runIf(findCompiler("gcc") !== undefined)("the native yardstick", () => {
  let folder = "";
  let yardstick = "";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "viommu-"));
    const sources = fileURLToPath(new URL("../../bench/native", import.meta.url));
    yardstick = compileYardstick("gcc", sources, folder);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(batchCases)("gives and counts in $name what the core does", async (benchCase) => {
    const workload = workloadOf(benchCase);
    const { core } = await createMachine("core", benchCase, workload);
    const memory = new Uint8Array(core.exports.memory.buffer);
    const native = await NativeSide.start(yardstick, folder, memory, workload.batches, benchCase);
    try {
      const wasm = await createWasmSide("core", benchCase, workload);
      const before = await native.counters();
      expect(before).toEqual(await wasm.counters());
      for (const passes of [1, 2]) {
        const { checksum, failures } = await wasm.run(passes);
        expect(await native.run(passes)).toMatchObject({ checksum, failures });
        expect(await native.counters()).toEqual(await wasm.counters());
      }
    } finally {
      native.close();
    }
  });

  it("says that it ended when a command has no answer", async () => {
    const benchCase = batchCases[0]!;
    const workload = workloadOf(benchCase);
    const { core } = await createMachine("core", benchCase, workload);
    const memory = new Uint8Array(core.exports.memory.buffer);
    const native = await NativeSide.start(yardstick, folder, memory, workload.batches);
    native.close();
    await expect(native.counters()).rejects.toThrow(/yardstick ended .* at "counters"/);
  });

  it("has no room for a unit of more than its own memory", async () => {
    const memory = new Uint8Array(160 * 2 ** 20 + 1);
    await expect(NativeSide.start(yardstick, folder, memory, [])).rejects.toThrow(
      /167772161 bytes/,
    );
  });

  it("names what the compiler does not like", () => {
    expect(() => compileYardstick("gcc", join(folder, "nowhere"), folder)).toThrow(/main\.c/);
  });
});

it("runs each case of the public class without a failure, also twice", async () => {
  const cases = await singleCases();
  expect(cases.map(({ name }) => name)).toEqual([...singleCaseNames]);
  for (const { run, restore } of cases) {
    for (let times = 0; times < 2; times++) {
      expect(run).not.toThrow();
      restore?.();
    }
  }
});
