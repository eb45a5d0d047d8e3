import { expect, inject } from "vitest";

import { viommu } from "../cli/run.js";
import { schemaProblems } from "../cli/schema.js";

/** What `viommu qemu --json` prints. */
export interface GuestResult {
  readonly verdict: string;
  readonly reason?: string;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly skipped?: true;
  }[];
  readonly counters: Readonly<Record<string, number>>;
  /** Exit code of the command. */
  readonly code: number | null;
  /** What the guest wrote. */
  readonly console: string;
}

export interface GuestChoice {
  readonly kernel: "stock" | "iommufd";
  readonly append?: string;
  readonly initramfs?: false;
  readonly args?: readonly string[];
}

/** Runs a guest to its end, in QEMU, by the command. */
export async function runGuest(choice: GuestChoice): Promise<GuestResult> {
  const { qemu, stockKernel, iommufdKernel, initramfs } = inject("guestFiles");
  const { code, stdout, stderr } = await viommu(
    ...["qemu", "--json", "--qemu", qemu, "--timeout", "240"],
    ...["--kernel", choice.kernel === "stock" ? stockKernel : iommufdKernel],
    ...(choice.initramfs === false ? [] : ["--initrd", initramfs]),
    ...["--append", `loglevel=4 iommufd.allow_unsafe_interrupts=1 ${choice.append ?? ""}`.trim()],
    ...(choice.args ?? []),
  );
  if (stdout === "") throw new Error(`viommu qemu ended with ${code}: ${stderr}`);
  const printed = JSON.parse(stdout) as GuestResult;
  expect(schemaProblems("qemu", printed)).toEqual([]);
  return { ...printed, code, console: stderr };
}

/** A check of the guest: "ok", "skip", or what it said instead. */
export function outcome({ checks, console }: GuestResult, name: string): string {
  const found = checks.filter((check) => check.name === name);
  if (found.some(({ ok }) => !ok) || found.length !== 1) {
    const lines = console.split("\n").filter((line) => line.includes(name));
    return lines.join("; ") || `nothing of ${name}; the console ends: ${console.slice(-400)}`;
  }
  return found[0]!.skipped === true ? "skip" : "ok";
}
