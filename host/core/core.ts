import { writeConfiguration, stateBound, type CoreOptions } from "./configuration.js";
import type { CoreExports } from "./exports.js";
import {
  noReadAhead,
  portImports,
  type MemorySource,
  type PortImports,
} from "./guest-memory-port.js";
import { ABI_VERSION, at, counterNames, type CounterName } from "./layout.js";
import { wasmModule } from "./modules.js";
import type { UnitTap } from "./tap.js";

const WASM_PAGE = 65536;
const MORE_WORK = at("LATCH") + at("LATCH_MORE_WORK");
const COUNTING = at("LATCH") + at("LATCH_COUNTING");

/** One instance of the unit's wasm, and what the host may know of its memory. */
export class Core {
  readonly exports: CoreExports;
  /** First byte behind the state. */
  readonly stateEnd: number;
  #view: DataView;

  constructor(exports: CoreExports, stateEnd: number) {
    this.exports = exports;
    this.stateEnd = stateEnd;
    this.#view = new DataView(exports.memory.buffer);
  }

  /** A view of the core's memory, made again when the memory has grown. */
  get view(): DataView {
    if (this.#view.byteLength === 0) this.#view = new DataView(this.exports.memory.buffer);
    return this.#view;
  }

  /** The state block, everything that outlives a call, as it is until the core's memory grows. */
  get state(): Uint8Array<ArrayBuffer> {
    const start = at("STATE_START");
    return new Uint8Array(this.exports.memory.buffer, start, this.stateEnd - start);
  }

  /** A copy of the state block. */
  copyState(): Uint8Array<ArrayBuffer> {
    return this.state.slice();
  }

  /** Puts a state block in place that `copyState` of a core with the same options has made. */
  putState(state: Uint8Array): void {
    new Uint8Array(this.exports.memory.buffer).set(state, at("STATE_START"));
    this.exports.loadState();
  }

  /** Translation is enabled in legacy mode (assembly/latch.ts, MODE_LEGACY). */
  get isLegacy(): boolean {
    return this.view.getUint32(at("LATCH") + at("LATCH_MODE"), true) === 1;
  }

  /** Counters of performance monitoring count: any request may raise their interrupt. */
  get isCounting(): boolean {
    return this.view.getUint32(COUNTING, true) !== 0;
  }

  /** Work stopped for want of room in the outbox, and waits for `resume`. */
  get moreWork(): boolean {
    return this.view.getUint32(MORE_WORK, true) !== 0;
  }

  counters(): Record<CounterName, bigint> {
    const counter = (index: number) => this.view.getBigUint64(at("COUNTERS") + 8 * index, true);
    return Object.fromEntries(counterNames.map((name, index) => [name, counter(index)])) as Record<
      CounterName,
      bigint
    >;
  }
}

/** The unit over a memory source: core-port.wasm. A tap stands between it and everything else. */
export async function createCore(
  source: MemorySource,
  options: CoreOptions,
  tap?: UnitTap,
): Promise<Core> {
  const port = await portImports(source);
  if (tap === undefined) return createCoreOver(port, options);
  const core = await createCoreOver(tap.memory(port), options);
  return new Core(await tap.calls(core.exports), core.stateEnd);
}

/** The unit over what it imports. */
export async function createCoreOver(port: PortImports, options: CoreOptions): Promise<Core> {
  const instance = await WebAssembly.instantiate(await wasmModule("core-port"), {
    "memory-port": { ...noReadAhead, ...port },
  });
  const exports = instance.exports as unknown as CoreExports;
  if (port.lastEntry !== undefined) exports.readAhead(1);
  return configureCore(exports, options);
}

/** Gives a fresh core room for its state, configures it, and resets it. */
export function configureCore(exports: CoreExports, options: CoreOptions): Core {
  const abi = exports.abiVersion();
  if (abi !== ABI_VERSION) {
    throw new Error(`the wasm core has ABI version ${abi}, expected ${ABI_VERSION}: rebuild it`);
  }
  const missing = stateBound(options.caches) - exports.memory.buffer.byteLength;
  if (missing > 0) exports.growMemory(Math.ceil(missing / WASM_PAGE));
  writeConfiguration(exports.memory, options);
  const core = new Core(exports, exports.configure());
  exports.reset(0);
  return core;
}
