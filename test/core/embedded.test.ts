import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { resolveCapabilities } from "../../host/core/capabilities.js";
import type { CacheSizes, CoreOptions } from "../../host/core/configuration.js";
import { createCore, type Core } from "../../host/core/core.js";
import { createEmbeddedCore } from "../../host/core/embedded.js";
import { at } from "../../host/core/layout.js";
import { wasmBytes, wasmModule } from "../../host/core/modules.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { temporaryFolder } from "../cli/run.js";
import {
  buildTables,
  HIGH,
  outbox,
  play,
  RAM,
  resultWords,
  script,
  type Answer,
} from "./embedded-script.js";

const STEPS = 4000;
const memoryOptions = { size: RAM, regions: [HIGH] };
const tinyCaches: CacheSizes = {
  context: 1,
  pasid: 1,
  iotlb: 2,
  firstStagePaging: 1,
  secondStagePaging: 1,
};

function coreOptions(caches?: CacheSizes): CoreOptions {
  return {
    capabilities: resolveCapabilities({ preset: "full" }),
    caches,
    faultCollapse: true,
    invalidationTimeout: 1000n,
    reportWrites: true,
    trace: true,
  };
}

async function portCore(caches?: CacheSizes): Promise<{ core: Core; memory: GuestMemory }> {
  const memory = GuestMemory.create(memoryOptions);
  return { core: await createCore(memory, coreOptions(caches)), memory };
}

/** The state block but for the place of guest RAM, which only the embedded build has. */
function stateOf(core: Core): Uint8Array {
  const state = core.copyState();
  const place = at("CONFIG") + at("CONFIG_MEMORY_MAP") - at("STATE_START");
  state.fill(0, place, place + 4);
  return state;
}

const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

describe("core.wasm", () => {
  it("needs nothing from its host", async () => {
    expect(WebAssembly.Module.imports(await wasmModule("core"))).toEqual([]);
  });

  it("answers every function with one 32-bit integer", async () => {
    const { core } = await createEmbeddedCore(coreOptions(), memoryOptions);
    const { memory, ...functions } = core.exports;
    expect(memory).toBeInstanceOf(WebAssembly.Memory);
    for (const [name, call] of Object.entries(functions)) {
      const answer = (call as (...args: number[]) => unknown)(0, 0, 0, 0, 0);
      expect(Number.isInteger(answer), name).toBe(true);
    }
  });

  it.each([
    ["caches of the default size", undefined],
    ["caches of one entry and two", tinyCaches],
  ])("does what core-port.wasm does, with %s", async (_, caches) => {
    const embedded = await createEmbeddedCore(coreOptions(caches), memoryOptions);
    const port = await portCore(caches);
    const rootTableAddress = buildTables(embedded.memory);
    expect(buildTables(port.memory)).toBe(rootTableAddress);
    for (const { memory } of [embedded, port]) memory.poison(0xb000n, 8, { reads: false });

    const steps = script(rootTableAddress, STEPS);
    const answers = play(embedded.core, steps);
    expect(answers).toEqual(play(port.core, steps));
    expect(embedded.core.counters()).toEqual(port.core.counters());
    expect(same(stateOf(embedded.core), stateOf(port.core))).toBe(true);
    for (const { start, size } of embedded.memory.regions) {
      const read = (memory: GuestMemory) => memory.readBytes(start, size);
      expect(same(read(embedded.memory), read(port.memory)), `RAM at ${start}`).toBe(true);
    }

    const { iotlbHits, faults, descriptors, waits, pageRequestsQueued, firstStageFlagUpdates } =
      embedded.core.counters();
    const met = {
      iotlbHits,
      faults,
      descriptors,
      waits,
      pageRequestsQueued,
      firstStageFlagUpdates,
    };
    for (const [name, count] of Object.entries(met)) expect(count, name).toBeGreaterThan(9n);
  });

  it("reads RAM above 4 GiB and sees poison in place", async () => {
    const { core, memory } = await createEmbeddedCore(coreOptions(), memoryOptions);
    const rootTableAddress = buildTables(memory);
    const [translated] = play(core, [
      ...script(rootTableAddress, 6),
      ["translate", 0x10, 0, 0x7000, 0, 8 << 16],
    ]).slice(-1);
    const address = resultWords.indexOf(at("RESULT") + at("RESULT_ADDRESS")) + 1;
    expect(translated?.slice(address, address + 2)).toEqual([0, 1]);
    memory.poison(0n, RAM);
    const [fault] = play(core, [["translate", 0x108, 0, 0x7000, 0, 8 << 16]]);
    expect(fault?.[0]).toBe(2);
  });

  it("refuses more RAM than its memory can have", async () => {
    const options = { size: 0, regions: [{ start: 0n, size: 2 ** 32 - 2 ** 17 }] };
    await expect(createEmbeddedCore(coreOptions(), options)).rejects.toThrow(/at most 4 GiB/);
  });
});

function hasWasmtime(): boolean {
  try {
    createRequire(import.meta.url).resolve("wasmtime");
    return true;
  } catch {
    return false;
  }
}

describe.runIf(hasWasmtime())("core.wasm in wasmtime", () => {
  it("does what it does in V8, for a host that cannot look into its memory", async () => {
    const { core, memory } = await createEmbeddedCore(coreOptions(), memoryOptions);
    const rootTableAddress = buildTables(memory);
    const module = join(temporaryFolder(), "core.wasm");
    writeFileSync(module, await wasmBytes("core"));
    const image = new Int32Array(core.exports.memory.buffer);
    const words: [number, number][] = [];
    image.forEach((value, index) => {
      if (value !== 0) words.push([4 * index, value]);
    });
    const fresh = await WebAssembly.instantiate(await wasmModule("core"));
    const pages =
      (image.byteLength -
        (fresh.exports["memory"] as typeof core.exports.memory).buffer.byteLength) /
      65536;
    const steps = script(rootTableAddress, STEPS);

    const replay = fileURLToPath(new URL("wasmtime-replay.mjs", import.meta.url));
    const output = execFileSync(process.execPath, [replay], {
      input: JSON.stringify({ module, pages, words, steps, results: resultWords, outbox }),
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    expect(JSON.parse(output) as Answer[]).toEqual(play(core, steps));
  });
});
