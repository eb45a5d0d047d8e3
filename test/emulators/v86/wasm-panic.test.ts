import { expect, it } from "vitest";

import { keepingPanics, keepPanic, panicOf } from "../../../host/emulators/v86/wasm-panic.js";

type Print = (offset: number, length: number) => void;

/** A loaded instance that can say something, and what it printed in the end. */
async function instance() {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const printed: string[] = [];
  const read = (offset: number, length: number) =>
    new TextDecoder().decode(new Uint8Array(memory.buffer, offset, length));
  let print: Print = () => undefined;
  const load = keepingPanics((imports) => {
    print = imports["env"]?.["console_log_from_wasm"] as Print;
    expect(imports["env"]?.["microtick"]).toBe(Math.max);
    return Promise.resolve({ memory });
  });
  await load({
    env: {
      console_log_from_wasm: (offset: number, length: number) => printed.push(read(offset, length)),
      microtick: Math.max,
    },
  });
  const say = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    new Uint8Array(memory.buffer).set(bytes, 64);
    print(64, bytes.length);
  };
  return { memory, printed, say };
}

it("keeps the panic of a v86 that somebody watches, and prints everything else", async () => {
  const { memory, printed, say } = await instance();
  keepPanic(memory);
  say("note");
  expect(panicOf(memory)).toBeUndefined();
  say("panicked at cpu.rs:1:2:\nUnimplemented: #GP handler");
  expect(panicOf(memory)).toBe("Unimplemented: #GP handler");
  expect(printed).toEqual(["note"]);
});

it("prints the panic of a v86 that nobody watches", async () => {
  const { memory, printed, say } = await instance();
  say("panicked at cpu.rs:1:2:\nwhy");
  expect(printed).toEqual(["panicked at cpu.rs:1:2:\nwhy"]);
  expect(panicOf(memory)).toBeUndefined();
});
