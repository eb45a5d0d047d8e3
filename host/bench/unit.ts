import { resolveCapabilities } from "../core/capabilities.js";
import type { CoreOptions } from "../core/configuration.js";
import { createCore, type Core } from "../core/core.js";
import { createEmbeddedCore } from "../core/embedded.js";
import { GuestMemory } from "../memory/guest-memory.js";
import { registers } from "../spec/registers.js";
import type { BatchCase } from "./cases.js";
import type { Workload } from "./workload.js";

export const builds = ["core", "core-port"] as const;
export type Build = (typeof builds)[number];

const SRTP = 1 << 30;
const TE = 1 << 31;

/** A unit of one build of the core with the tables of a workload, and translation enabled. */
export async function createUnit(
  build: Build,
  benchCase: BatchCase,
  workload: Workload,
): Promise<Core> {
  const options: CoreOptions = {
    capabilities: resolveCapabilities({ preset: "full" }),
    caches: benchCase.caches,
    faultCollapse: true,
    invalidationTimeout: 1_000_000n,
    reportWrites: false,
    trace: false,
  };
  const { core, memory } = await overMemory(build, options, workload.ramBytes);
  if (benchCase.readAhead === false) core.exports.readAhead(0);
  return enable(core, memory, workload);
}

async function overMemory(
  build: Build,
  options: CoreOptions,
  size: number,
): Promise<{ readonly core: Core; readonly memory: GuestMemory }> {
  if (build === "core") return createEmbeddedCore(options, { size });
  const memory = GuestMemory.create({ size });
  return { core: await createCore(memory, options), memory };
}

function enable(core: Core, memory: GuestMemory, workload: Workload): Core {
  memory.writeBytes(0n, workload.ram);
  const write = (name: string, size: 4 | 8, value: bigint) => {
    const { offset } = registers.find((register) => register.mnemonic === name)!;
    const low = Number(BigInt.asIntN(32, value));
    core.exports.writeRegister(offset, size, low, Number(BigInt.asIntN(32, value >> 32n)));
  };
  write("RTADDR", 8, workload.rootTableAddress);
  write("GCMD", 4, BigInt(SRTP));
  write("GCMD", 4, BigInt(TE));
  return core;
}
