import { mkdirSync, readFileSync } from "node:fs";
import asc from "assemblyscript/asc";

/** Entry file of each target of asconfig.json. */
const entries: Readonly<Record<string, string>> = {
  core: "assembly/core.ts",
  "core-port": "assembly/core.ts",
  "guest-memory": "assembly/guest-memory-accessor.ts",
};

/** Compiles the wasm modules below the working directory, which is the root of the package. */
mkdirSync("dist/wasm", { recursive: true });
const { targets } = JSON.parse(readFileSync("asconfig.json", "utf8")) as { targets: object };
for (const target of Object.keys(targets)) {
  const entry = entries[target];
  if (entry === undefined) throw new Error(`no entry file for the target "${target}"`);
  const result = await asc.main([entry, "--config", "asconfig.json", "--target", target], {
    stdout: process.stderr,
    stderr: process.stderr,
  });
  if (result.error !== null) {
    console.error(`cannot compile ${entry}: ${result.error.message}`);
    process.exit(1);
  }
}
