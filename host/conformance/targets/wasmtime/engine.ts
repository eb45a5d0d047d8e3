import { fileURLToPath } from "node:url";
import { stateBound, writeConfiguration, type CoreOptions } from "../../../core/configuration.js";
import { Core } from "../../../core/core.js";
import type { CoreExports } from "../../../core/exports.js";
import { ABI_VERSION, at } from "../../../core/layout.js";
import { GuestMemory } from "../../../memory/guest-memory.js";
import { memoryMap } from "../../../memory/memory-map.js";
import { WasmtimeMemory } from "./memory.js";

const WASM_PAGE = 65536;
/** The functions that a unit is driven with, by the number of their arguments. */
const FUNCTIONS = [
  ...["abiVersion", "configuration", "configure", "growMemory", "peek32", "poke32", "reset"],
  ...["loadState", "readRegister", "writeRegister", "translate", "translateBatch", "beginAccess"],
  ...["endAccess", "requestTranslation", "translateTranslated", "requestPage", "remapInterrupt"],
  ...["completeInvalidation", "advance", "nextDeadline", "resume", "explain"],
] as const satisfies readonly (keyof CoreExports)[];

/** The part of the npm package wasmtime that is used. */
interface WasmtimePackage {
  readonly Config: new () => object;
  readonly Engine: new (config: object) => object;
  readonly Module: { fromFile(engine: object, path: string): object };
  readonly Store: new (engine: object) => object;
  readonly Instance: new (
    store: object,
    module: object,
  ) => {
    getFunc(
      store: object,
      name: string,
    ): { call(store: object, args: readonly unknown[]): number } | null;
  };
}

/** core.wasm, compiled by wasmtime. */
export class WasmtimeEngine {
  readonly #package: WasmtimePackage;
  readonly #engine: object;
  readonly #module: object;

  private constructor(wasmtime: WasmtimePackage, file: URL) {
    this.#package = wasmtime;
    this.#engine = new wasmtime.Engine(new wasmtime.Config());
    this.#module = wasmtime.Module.fromFile(this.#engine, fileURLToPath(file));
  }

  /** Throws if the optional package is not installed. */
  static async load(file: URL): Promise<WasmtimeEngine> {
    const name: string = "wasmtime";
    const loaded = (await import(name)) as { default: WasmtimePackage };
    return new WasmtimeEngine(loaded.default, file);
  }

  /** A unit after power-good reset, with `ramBytes` of guest memory behind its own. */
  createCore(options: CoreOptions, ramBytes: number): { core: Core; memory: WasmtimeMemory } {
    const functions = this.#functions();
    const { growMemory, poke32, configure, loadState, reset, abiVersion } = functions;
    if (abiVersion() !== ABI_VERSION) {
      throw new Error(`core.wasm has ABI version ${abiVersion()}, expected ${ABI_VERSION}`);
    }
    const mapAt = Math.ceil(stateBound(options.caches) / WASM_PAGE) * WASM_PAGE;
    const pages = Math.ceil((mapAt + GuestMemory.bytesFor({ size: ramBytes })) / WASM_PAGE);
    const missing = pages - growMemory(0);
    if (missing > 0 && growMemory(missing) < 0) throw new RangeError("no room for guest memory");
    // What the host would write into the memory is made here, and poked.
    const image = new WebAssembly.Memory({ initial: pages });
    writeConfiguration(image, options);
    const guest = GuestMemory.within(image, mapAt, { size: ramBytes });
    const words = new Int32Array(image.buffer, 0, (mapAt + memoryMap.ramAt) / 4);
    words.forEach((word, index) => {
      if (word !== 0) poke32(4 * index, word);
    });
    const core = new PeekedCore({ ...functions, memory: image }, configure());
    reset(0);
    poke32(at("CONFIG") + at("CONFIG_MEMORY_MAP"), mapAt);
    loadState();
    return { core, memory: new WasmtimeMemory(functions, guest, mapAt, ramBytes) };
  }

  #functions(): Omit<CoreExports, "memory"> {
    const store = new this.#package.Store(this.#engine);
    const instance = new this.#package.Instance(store, this.#module);
    const functions = FUNCTIONS.map((name) => {
      const found = instance.getFunc(store, name);
      if (found === null) throw new Error(`core.wasm does not export ${name}`);
      return [name, (...args: number[]) => found.call(store, args)] as const;
    });
    return Object.fromEntries(functions) as unknown as Omit<CoreExports, "memory">;
  }
}

/** A core whose memory nobody can look into: every word is asked for. */
class PeekedCore extends Core {
  readonly #words: DataView;

  constructor(exports: CoreExports, stateEnd: number) {
    super(exports, stateEnd);
    const peek = (address: number) => exports.peek32(address) >>> 0;
    const poke = (address: number, value: number) => void exports.poke32(address, value | 0);
    const words: Pick<
      DataView,
      "getUint32" | "setUint32" | "getBigUint64" | "setBigUint64" | "byteLength"
    > = {
      byteLength: exports.memory.buffer.byteLength,
      getUint32: peek,
      setUint32: poke,
      getBigUint64: (address) => BigInt(peek(address)) | (BigInt(peek(address + 4)) << 32n),
      setBigUint64: (address, value) => {
        poke(address, Number(BigInt.asIntN(32, value)));
        poke(address + 4, Number(BigInt.asIntN(32, value >> 32n)));
      },
    };
    // The host uses no other method of a view on the core's memory.
    this.#words = words as DataView;
  }

  override get view(): DataView {
    return this.#words;
  }
}
