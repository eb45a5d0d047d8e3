/**
 * The target "wasmtime" in its own process: a trap of wasmtime can end it, and no other. It speaks the
 * line protocol on standard input and output.
 */
import { Iommu } from "../../../iommu.js";
import type { Configuration } from "../../configuration.js";
import { serveTarget } from "../../protocol/serve.js";
import { unitOptions } from "../in-process.js";
import { RAM_BYTES, UnitSession } from "../unit-session.js";
import { WasmtimeEngine } from "./engine.js";
import type { WasmtimeMemory } from "./memory.js";

const [file = ""] = process.argv.slice(2);
const engine = await WasmtimeEngine.load(new URL(file));

async function open(configuration: Configuration): Promise<UnitSession> {
  const memories: WasmtimeMemory[] = [];
  const options = { ...unitOptions(configuration), reportWrites: true };
  const iommu = await Iommu.over(options, (coreOptions) => {
    const { core, memory } = engine.createCore(coreOptions, RAM_BYTES);
    memories.push(memory);
    return Promise.resolve(core);
  });
  const memory = memories[0]!;
  iommu.on("memoryWrite", ({ address, length }) => {
    memory.written(address, length);
  });
  return new UnitSession(iommu, memory, iommu.capabilities.hostAddressWidth);
}

const title = "viommu's unit in wasmtime (core.wasm)";
await serveTarget({ name: "wasmtime", title, mayHang: false, open }, process.stdin, process.stdout);
