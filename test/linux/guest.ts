import { beforeAll, describe, expect, inject, it } from "vitest";

import type { PageRequestTimesSummary } from "../../host/cli/page-request-times.js";
import { kernelMessage } from "../../host/cli/kernel-message.js";
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
  readonly pageRequestTimes?: PageRequestTimesSummary;
  readonly wallMs: number;
  /** Exit code of the command. */
  readonly code: number | null;
  /** What the guest wrote. */
  readonly console: string;
}

export interface GuestChoice {
  readonly kernel: "stock" | "iommufd";
  /** Flows of the guest's program; default: those of its init. */
  readonly flows?: readonly string[];
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
    ...["--append", kernelWords(choice)],
    ...(choice.args ?? []),
  );
  if (stdout === "") throw new Error(`viommu qemu ended with ${code}: ${stderr}`);
  const printed = JSON.parse(stdout) as GuestResult;
  expect(schemaProblems("qemu", printed)).toEqual([]);
  return { ...printed, code, console: stderr };
}

/** Warnings have to reach the console: the command judges them. The flows write to the kernel's log without end. */
function kernelWords({ flows, append }: GuestChoice): string {
  const words = ["loglevel=5", "printk.devkmsg=on", "iommufd.allow_unsafe_interrupts=1"];
  if (flows !== undefined) words.push(`flows=${flows.join(",")}`);
  return [...words, ...(append === undefined ? [] : [append])].join(" ");
}

/** What the checks of a guest's flows prove, by their names. */
export type Checks = readonly (readonly [name: string, what: string])[];

/** A guest, and a test for each of its checks. */
export function guest(
  title: string,
  run: () => Promise<GuestResult>,
  checks: Checks,
): () => GuestResult {
  let result: GuestResult;
  describe(title, () => {
    beforeAll(async () => {
      result = await run();
      const figures = result.console
        .split("\n")
        .map(kernelMessage)
        .filter((line) => line.startsWith("# "));
      console.log([title, ...figures, ...timesOf(result)].join("\n"));
    });
    it("runs to its end, and its kernel complains of nothing", () => {
      expect([result.reason, result.verdict, result.code]).toEqual([undefined, "pass", 0]);
    });
    it.each(checks)("%s: %s", (name) => {
      expect(outcome(result, name)).toBe("ok");
    });
  });
  return () => result;
}

/** For a reader, in microseconds. */
function timesOf({ pageRequestTimes }: GuestResult): string[] {
  if (pageRequestTimes === undefined) return [];
  const { roundTrip, stages } = pageRequestTimes;
  return Object.entries({ roundTrip, ...stages }).flatMap(([name, summary]) => {
    if (summary === undefined) return [];
    const { count, min, p50, p90, p99, max } = summary;
    const values = [min, p50, p90, p99, max].map((value) => (value / 1000).toFixed(1));
    return [`# ${name}: ${count} times, ${values.join(" / ")} us (least, 50, 90, 99 %, most)`];
  });
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
