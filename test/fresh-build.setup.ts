import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const BUILT = "dist/wasm/guest-memory.wasm";
const SOURCES = ["host", "assembly", "types"];

function newest(folder: string): number {
  const times = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(...times);
}

/** Some tests start the built command, and all load the built wasm: both must be of these sources. */
export function setup(): void {
  const built = existsSync(BUILT) ? statSync(BUILT).mtimeMs : 0;
  if (Math.max(...SOURCES.map(newest)) <= built) return;
  console.error("sources are newer than dist: building first (npm run build)");
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
}
