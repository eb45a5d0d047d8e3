import type { BatchCase } from "./cases.js";
import { PageRequestSide } from "./page-request-side.js";
import type { Side } from "./side.js";
import { createMachine, type Build } from "./unit.js";
import { WasmSide } from "./wasm-side.js";
import type { Workload } from "./workload.js";

/** One build of the core, ready to run a case. */
export async function createWasmSide(
  build: Build,
  benchCase: BatchCase,
  workload: Workload,
): Promise<Side> {
  const { core, memory } = await createMachine(build, benchCase, workload);
  const { batches, queue } = workload;
  if (queue === undefined) return new WasmSide(core, batches);
  return new PageRequestSide(core, memory, batches, queue);
}
