import { readFileSync } from "node:fs";

import type { V86Options } from "v86";

import { prepareV86 } from "../../../host/emulators/v86/prepare.js";

/**
 * Options of a v86 whose clock goes on by a millisecond whenever its WebAssembly looks at it: it returns
 * to the host after each block of guest code, whatever the host's own clock says.
 */
export function steppingClock(): V86Options {
  const wasm = readFileSync(prepareV86().wasm_path ?? "");
  let now = 0;
  return {
    disable_jit: true,
    wasm_fn: async (imports) => {
      const env = { ...imports["env"], microtick: () => (now += 1) };
      const { instance } = await WebAssembly.instantiate(wasm, { ...imports, env });
      return instance.exports;
    },
  };
}
