import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { onTestFinished } from "vitest";

import { benchCommand } from "../../host/cli/bench.js";
import { bootCommand } from "../../host/cli/boot.js";
import { runCommandLine } from "../../host/cli/command-line.js";
import { conformanceCommand } from "../../host/cli/conformance.js";
import { decodeCommand } from "../../host/cli/decode.js";
import { explainCommand } from "../../host/cli/explain.js";
import { exploreCommand } from "../../host/cli/explore.js";
import { profileCommand } from "../../host/cli/profile.js";
import { qemuCommand } from "../../host/cli/qemu.js";
import { qtestCommand } from "../../host/cli/qtest.js";
import { serveCommand } from "../../host/cli/serve.js";
import { versionCommand } from "../../host/cli/version.js";

const root = new URL("../../", import.meta.url);
const main = fileURLToPath(new URL("dist/host/cli/main.js", root));

export interface Finished {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command in a process of its own, in the folder of the package. */
export function viommu(...args: readonly string[]): Promise<Finished> {
  if (!existsSync(main)) throw new Error(`${main} is missing: build it with "npm run build"`);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: fileURLToPath(root) });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs the command in this process, from its sources. */
export async function viommuHere(
  args: readonly string[],
  { color = false, isTerminal = false }: { color?: boolean; isTerminal?: boolean } = {},
): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  const text = (data: string | Uint8Array) =>
    typeof data === "string" ? data : Buffer.from(data).toString();
  const code = await runCommandLine(
    [
      ...[benchCommand, bootCommand, conformanceCommand, qemuCommand, qtestCommand, serveCommand],
      ...[decodeCommand, explainCommand, exploreCommand, profileCommand, versionCommand],
    ],
    args,
    {
      out: (data) => (stdout += text(data)),
      message: (data) => (stderr += typeof data === "string" ? `${data}\n` : text(data)),
      ...{ color, isTerminal },
    },
  );
  return { code, stdout, stderr };
}

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "viommu-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}
