import { GuestMemory } from "../memory/guest-memory.js";
import { Iommu, type IommuOptions } from "../iommu.js";
import type { MemoryPort } from "../memory/port.js";
import { batchCases } from "./cases.js";
import type { LazyCase } from "./lazy-case.js";
import type { SingleCase } from "./single-cases.js";
import { startTranslation } from "./unit-setup.js";
import { buildWorkload, type Workload } from "./workload.js";

const walk = batchCases.find(({ name }) => name === "walk-4-level")!;
const WASM_PAGE = 65_536;

/** Each way to give a unit its guest memory: a batch whose requests read four entries each. */
export const portCases: readonly LazyCase[] = [
  { name: "port/embedded", create: () => portCase("embedded", "in its own memory", embedded) },
  { name: "port/accessor", create: () => portCase("accessor", "a GuestMemory", accessor) },
  { name: "port/flat", create: () => portCase("flat", "part of a wasm memory", flat) },
  { name: "port/script", create: () => portCase("script", "a port object in JavaScript", script) },
];

type Options = Omit<IommuOptions, "memory">;

async function portCase(
  name: string,
  what: string,
  create: (workload: Workload, options: Options) => Promise<Iommu>,
): Promise<SingleCase> {
  const workload = buildWorkload(walk);
  const iommu = await create(workload, { preset: "full", caches: walk.caches });
  startTranslation(iommu, workload.rootTableAddress);
  const batch = workload.batches[0]!.slice();
  return {
    name,
    title: `a walk of four entries, guest memory is ${what}`,
    operations: batch.length / 32,
    run: () => {
      if (iommu.translateBatch(batch) > 0) throw new Error(`a request of port/${name} failed`);
    },
  };
}

async function embedded(workload: Workload, options: Options): Promise<Iommu> {
  const size = { size: workload.ramBytes };
  const { iommu, memory } = await Iommu.createEmbedded({ ...options, memory: size });
  memory.writeBytes(0n, workload.ram);
  return iommu;
}

function filled(workload: Workload): GuestMemory {
  const memory = GuestMemory.create({ size: workload.ramBytes });
  memory.writeBytes(0n, workload.ram);
  return memory;
}

function accessor(workload: Workload, options: Options): Promise<Iommu> {
  return Iommu.create({ ...options, memory: filled(workload) });
}

function flat(workload: Workload, options: Options): Promise<Iommu> {
  const pages = Math.ceil(workload.ramBytes / WASM_PAGE) + 1;
  const wasmMemory = new WebAssembly.Memory({ initial: pages });
  new Uint8Array(wasmMemory.buffer).set(workload.ram, WASM_PAGE);
  const memory = { wasmMemory, base: WASM_PAGE, size: workload.ramBytes };
  return Iommu.create({ ...options, memory });
}

function script(workload: Workload, options: Options): Promise<Iommu> {
  const words = new BigUint64Array(workload.ram.slice().buffer);
  const port: MemoryPort = {
    read64: (address) => words[Number(address >> 3n)],
    write64: (address, value) => {
      words[Number(address >> 3n)] = value;
      return true;
    },
    compareExchange64: (address, expected, replacement) => {
      const index = Number(address >> 3n);
      const found = words[index];
      if (found === expected) words[index] = replacement;
      return found;
    },
  };
  return Iommu.create({ ...options, memory: port });
}
