/**
 * Replays calls of core.wasm in wasmtime, in a process of its own: a trap there can end the process.
 * Reads from standard input {module, pages, words: [[address, value]], steps: [[export, ...arguments]],
 * results: [address], outbox: {head, tail}}; writes for each step the answer and the words at the
 * addresses of `results`.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import wasmtime from "wasmtime";

const { module, pages, words, steps, results, outbox } = JSON.parse(readFileSync(0, "utf8"));
const engine = new wasmtime.Engine(new wasmtime.Config());
const store = new wasmtime.Store(engine);
const instance = new wasmtime.Instance(store, wasmtime.Module.fromFile(engine, module));
const functions = new Map();

function call(name, ...args) {
  if (!functions.has(name)) functions.set(name, instance.getFunc(store, name));
  return functions.get(name).call(store, args);
}

call("growMemory", pages);
for (const [address, value] of words) call("poke32", address, value);
call("loadState");
function drain() {
  call("poke32", outbox.head, call("peek32", outbox.tail));
  return call("resume");
}

const answers = steps.map((step) => [
  step[0] === "drain" ? drain() : call(...step),
  ...results.map((address) => call("peek32", address)),
]);
process.stdout.write(JSON.stringify(answers));
