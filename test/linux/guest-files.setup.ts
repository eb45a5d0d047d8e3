import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { TestProject } from "vitest/node";

/** What the guests are made of, as paths. */
export interface GuestFiles {
  readonly qemu: string;
  /** Debian's kernel, which has no IOMMUFD. */
  readonly stockKernel: string;
  readonly iommufdKernel: string;
  readonly initramfs: string;
  /** What was got from Debian: a name and a version on a line. */
  readonly versions: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    guestFiles: GuestFiles;
  }
}

/** Fetches and builds what is not there yet: minutes the first time, nothing after that. */
export default function setup(project: TestProject): void {
  const root = made("sid-root");
  const versions = readFileSync(`${root}/versions.txt`, "utf8");
  const release = /^kernel (.*)$/m.exec(versions)?.[1];
  project.provide("guestFiles", {
    qemu: `${root}/qemu-system-x86_64`,
    stockKernel: `${root}/kernel/usr/lib/modules/${release}/vmlinuz`,
    initramfs: made("initramfs"),
    iommufdKernel: made("iommufd-kernel"),
    versions,
  });
}

/** Runs a script of test/linux/setup; answers the path that it prints. */
function made(script: string): string {
  const path = fileURLToPath(new URL(`setup/${script}.sh`, import.meta.url));
  return execFileSync(path, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
}
