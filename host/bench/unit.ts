import { resolveCapabilities } from "../core/capabilities.js";
import type { CoreOptions } from "../core/configuration.js";
import { createCore, type Core } from "../core/core.js";
import { createEmbeddedCore } from "../core/embedded.js";
import { at } from "../core/layout.js";
import { GuestMemory } from "../memory/guest-memory.js";
import { registers } from "../spec/registers.js";
import type { BatchCase } from "./cases.js";
import { readsOfPages, type Workload } from "./workload.js";

export const builds = ["core", "core-port"] as const;
export type Build = (typeof builds)[number];

const SRTP = 1 << 30;
const TE = 1 << 31;

export interface Machine {
  readonly core: Core;
  /** Its guest RAM. */
  readonly memory: GuestMemory;
}

/** A unit of one build of the core with the tables of a workload, and translation enabled. */
export async function createMachine(
  build: Build,
  benchCase: BatchCase,
  workload: Workload,
): Promise<Machine> {
  const options: CoreOptions = {
    capabilities: resolveCapabilities({ preset: "full" }),
    caches: benchCase.caches,
    faultCollapse: true,
    invalidationTimeout: 1_000_000n,
    reportWrites: false,
    trace: false,
  };
  const machine = await overMemory(build, options, workload.ramBytes);
  const { core, memory } = machine;
  memory.writeBytes(0n, workload.ram);
  if (benchCase.readAhead === false) core.exports.readAhead(0);
  enable(core, workload);
  if (workload.queue !== undefined) readPages(core, benchCase);
  return machine;
}

/** Fills the IOTLB: page requests are about pages that it does not have, among others. */
function readPages({ exports }: Core, benchCase: BatchCase): void {
  const records = readsOfPages(benchCase);
  new Uint8Array(exports.memory.buffer).set(records, at("BATCH"));
  exports.translateBatch(at("BATCH"), records.length / at("REQUEST_SIZE"));
}

async function overMemory(build: Build, options: CoreOptions, size: number): Promise<Machine> {
  if (build === "core") return createEmbeddedCore(options, { size });
  const memory = GuestMemory.create({ size });
  return { core: await createCore(memory, options), memory };
}

function enable(core: Core, { rootTableAddress, queue }: Workload): void {
  const write = (name: string, size: 4 | 8, value: bigint) => {
    const { offset } = registers.find((register) => register.mnemonic === name)!;
    const low = Number(BigInt.asIntN(32, value));
    core.exports.writeRegister(offset, size, low, Number(BigInt.asIntN(32, value >> 32n)));
  };
  write("RTADDR", 8, rootTableAddress);
  if (queue !== undefined)
    write("PQA", 8, BigInt(queue.address) | BigInt(Math.log2(queue.bytes / 4096)));
  write("GCMD", 4, BigInt(SRTP));
  write("GCMD", 4, BigInt(TE));
}
