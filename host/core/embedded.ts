import { GuestMemory, type GuestMemoryOptions } from "../memory/guest-memory.js";
import { stateBound, type CoreOptions } from "./configuration.js";
import { configureCore, type Core } from "./core.js";
import type { CoreExports } from "./exports.js";
import { at } from "./layout.js";
import { wasmModule } from "./modules.js";

const WASM_PAGE = 65536;

/** The unit with guest RAM inside its own linear memory. */
export interface EmbeddedCore {
  readonly core: Core;
  /** That RAM. */
  readonly memory: GuestMemory;
}

/** The unit and its RAM in one instance without imports: core.wasm. */
export async function createEmbeddedCore(
  options: CoreOptions,
  memoryOptions: GuestMemoryOptions,
): Promise<EmbeddedCore> {
  const { exports } = await WebAssembly.instantiate(await wasmModule("core"));
  return embedMemory(exports as unknown as CoreExports, options, memoryOptions);
}

/** Gives a fresh core.wasm its state and, behind it, guest RAM. Its memory must not grow afterwards. */
export function embedMemory(
  exports: CoreExports,
  options: CoreOptions,
  memoryOptions: GuestMemoryOptions,
): EmbeddedCore {
  const memoryMapAt = Math.ceil(stateBound(options.caches) / WASM_PAGE) * WASM_PAGE;
  const end = memoryMapAt + GuestMemory.bytesFor(memoryOptions);
  const missing = Math.ceil((end - exports.memory.buffer.byteLength) / WASM_PAGE);
  if (missing > 0 && exports.growMemory(missing) < 0) {
    throw new RangeError(`guest memory: ${end} bytes with the unit's own, expected at most 4 GiB`);
  }
  exports.readAhead(1);
  const core = configureCore(exports, options);
  const memory = GuestMemory.within(exports.memory, memoryMapAt, memoryOptions);
  core.view.setUint32(at("CONFIG") + at("CONFIG_MEMORY_MAP"), memoryMapAt, true);
  exports.loadState();
  return { core, memory };
}
