import type { V86Options } from "v86";

/** How v86's WebAssembly is loaded: v86's option `wasm_fn`. */
export type WasmLoader = NonNullable<V86Options["wasm_fn"]>;

type Print = (offset: number, length: number) => void;

const PANIC = "panicked at ";
/** What the instances said when they gave up, by their memory; undefined before that. */
const lastWords = new WeakMap<WebAssembly.Memory, string | undefined>();

/**
 * From now on the panic of the v86 with this memory is kept instead of printed, if `keepingPanics`
 * loaded it.
 */
export function keepPanic(memory: WebAssembly.Memory): void {
  lastWords.set(memory, undefined);
}

/** Why the v86 with this memory gave up, in its own words. */
export function panicOf(memory: WebAssembly.Memory): string | undefined {
  return lastWords.get(memory);
}

/** A loader whose instances hand their panics over; whatever else they print goes where it went. */
export function keepingPanics(load: WasmLoader): WasmLoader {
  return async (imports) => {
    let memory: WebAssembly.Memory | undefined;
    const env = imports["env"] ?? {};
    const print = env["console_log_from_wasm"] as Print | undefined;
    const keepOrPrint: Print = (offset, length) => {
      const text = memory === undefined ? "" : textAt(memory, offset, length);
      if (memory === undefined || !lastWords.has(memory) || !text.startsWith(PANIC)) {
        print?.(offset, length);
      } else {
        lastWords.set(memory, text.split("\n").at(-1));
      }
    };
    const exports = await load({
      ...imports,
      env: { ...env, console_log_from_wasm: keepOrPrint },
    });
    if (exports["memory"] instanceof WebAssembly.Memory) memory = exports["memory"];
    return exports;
  };
}

function textAt(memory: WebAssembly.Memory, offset: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(memory.buffer, offset >>> 0, length));
}
