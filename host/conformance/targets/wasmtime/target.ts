import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { startProgram } from "../../protocol/child.js";
import { remoteTarget } from "../../protocol/remote-target.js";
import { TargetUnavailable, type Target } from "../../target.js";

/** A file of dist/, seen from there and from the sources. */
function built(path: string): URL {
  const places = ["../../../../", "../../../../dist/"].map(
    (root) => new URL(root + path, import.meta.url),
  );
  const found = places.find((place) => existsSync(place));
  if (found !== undefined) return found;
  throw new TargetUnavailable(`${path} is missing: build it with "npm run build"`);
}

/** core.wasm in wasmtime, in a process of its own. @throws TargetUnavailable */
export function wasmtimeTarget(): Promise<Target> {
  try {
    createRequire(import.meta.url).resolve("wasmtime");
  } catch {
    throw new TargetUnavailable(
      'the optional package wasmtime is not installed: "npm install wasmtime" brings it, where its ' +
        "platform is one of those that it is made for",
    );
  }
  const program = fileURLToPath(built("host/conformance/targets/wasmtime/process.js"));
  const module = built("wasm/core.wasm").href;
  return remoteTarget("wasmtime", () => startProgram(process.execPath, [program, module]));
}
