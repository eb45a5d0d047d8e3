import { execFile } from "node:child_process";
import type { DmaLayout } from "../vfio-user/index.js";
import { QemuError } from "./qemu-error.js";

/** A QEMU for 64-bit x86 that is a client of vfio-user. */
export interface QemuProgram {
  readonly path: string;
  /** "11.1.3" */
  readonly version: string;
  readonly dmaLayout: DmaLayout;
  /** It can be told to end with this process, however this one ends. */
  readonly endsWithParent: boolean;
}

/** The first version with the device vfio-user-pci. */
const FIRST = [10, 1] as const;
const HOW_TO_GET =
  "distributions from 2026 on have one (Debian: forky, sid), and qemu.org has the sources; " +
  "--qemu PATH takes one that is not in PATH";
const ANSWER_MS = 20_000;

/**
 * Looks at a QEMU.
 * @param path the program, or its name in PATH.
 * @throws QemuError if there is none, or it is too old.
 */
export async function findQemu(path = "qemu-system-x86_64"): Promise<QemuProgram> {
  const answer = await askVersion(path);
  const [, version, majorText, minorText] = /version ((\d+)\.(\d+)[.\d]*)/.exec(answer) ?? [];
  if (version === undefined) {
    throw new QemuError(
      `${path} is no QEMU: asked for its version, it says "${firstLine(answer)}"`,
    );
  }
  const major = Number(majorText);
  const minor = Number(minorText);
  if (!atLeast(major, minor, FIRST)) {
    throw new QemuError(
      `${path} is QEMU ${version}, and vfio-user came with ${FIRST.join(".")}: ${HOW_TO_GET}`,
    );
  }
  return {
    path,
    version,
    dmaLayout: atLeast(major, minor, [11, 0]) ? "count64" : "count32",
    endsWithParent: atLeast(major, minor, [10, 2]),
  };
}

function atLeast(major: number, minor: number, [m, n]: readonly [number, number]): boolean {
  return major > m || (major === m && minor >= n);
}

function askVersion(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, ["--version"], { timeout: ANSWER_MS }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === "ENOENT") {
        reject(new QemuError(`there is no ${path}: ${HOW_TO_GET}`));
      } else if (error.code === "EACCES") {
        reject(new QemuError(`${path} is no program that may be run`));
      } else {
        const why = firstLine(stderr) || error.message;
        reject(new QemuError(`${path} does not tell its version: ${why}`));
      }
    });
  });
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}
