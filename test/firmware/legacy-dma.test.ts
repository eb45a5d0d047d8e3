import { describe, expect, it } from "vitest";
import { dmaEngine } from "../../host/devices/dma-engine/model.js";
import type { AttachOptions, Attachment } from "../../host/emulators/v86/index.js";
import { bootWithUnit, checksOf, type Boot } from "./boot-with-unit.js";

/** Every check, in the order of the story. */
const BEFORE = [
  ...["find-tables", "local-apic", "find-dma-engine", "find-unit", "second-stage"],
  ...["root-table", "fault-event", "translation-on", "dma-engine-msi"],
];
const DEVICES = [
  ...["copy-5-levels", "copy-4-levels", "copy-3-levels", "context-back", "copy-2m-page"],
  ...["edu-msi", "edu-both-ways", "edu-interrupt", "ide-read", "ide-write"],
];
const FAULTS = [
  ...["fault-ends-the-request", "fault-record-read", "fault-interrupt", "fault-cleared"],
  ...["fault-record-write", "fault-of-edu", "fault-of-ide", "ide-error", "fault-overflow"],
];
const OVERFLOW = ["first-fault-is-kept", "overflow-cleared", "recorded-again"];
const changes = (by: string): string[] =>
  ["unmap", "unmap-by-domain", "other-context", "no-context"].map((what) => `${by}-${what}`);
const AFTER = [
  ...["pass-through-invalidation", "pass-through", "translation-off", "untranslated"],
  ...["queue-off", "nothing-left-pending"],
];

/** 64 KiB in which no two sectors are alike. */
const disk = (): ArrayBuffer =>
  Uint32Array.from({ length: 0x4000 }, (_, index) => Math.imul(index + 1, 0x9e37_79b1)).buffer;

/** Upper half of IOTLB_REG. */
const IOTLB_UPPER = 0xfc;

const boot = (
  options: AttachOptions,
  withDisk = true,
  prepare?: (attachment: Attachment) => void,
): Promise<Boot> =>
  bootWithUnit({ image: "legacy-dma.elf", ...(withDisk && { disk: disk() }) }, options, prepare);

const skipped = (result: Boot): string[] =>
  checksOf(result).flatMap((line) => /^skip ([^:]+): /.exec(line)?.[1] ?? []);
const passed = (result: Boot): string[] =>
  checksOf(result).flatMap((line) => /^ok (.*)$/.exec(line)?.[1] ?? []);
const done = { kind: "exit", code: 0 };

describe("legacy-dma in v86 with the virtual IOMMU", () => {
  it("passes every check that a unit of version 1 allows, by registers and by the queue", async () => {
    const result = await boot({ preset: "legacy" });
    expect(skipped(result)).toEqual(["copy-5-levels"]);
    expect(passed(result)).toEqual([
      ...BEFORE,
      ...DEVICES.slice(1),
      ...[...FAULTS, ...OVERFLOW],
      ...[...changes("registers"), "queue-on", ...changes("queue")],
      ...AFTER,
    ]);
    expect(result.ending).toEqual(done);
  });

  it("§6.5.1: leaves out the registers on a unit of version 6, and the overflow of 8 records", async () => {
    const result = await boot({ preset: "full" });
    expect(skipped(result)).toEqual(["fault-overflow", ...changes("registers")]);
    expect(passed(result)).toEqual([
      ...[...BEFORE.slice(0, 5), "invalidation-queue", ...BEFORE.slice(5)],
      ...[...DEVICES, ...FAULTS.slice(0, -1), ...changes("queue"), ...AFTER],
    ]);
    expect(result.ending).toEqual(done);
  });

  it("skips what asks for a disk or for edu where there is none", async () => {
    const endpoints = [{ at: "00:02.0", model: dmaEngine() }];
    const result = await boot({ preset: "legacy", endpoints }, false);
    expect(skipped(result)).toEqual([
      ...["copy-5-levels", "edu-both-ways", "edu-interrupt", "ide-read", "ide-write"],
      ...["fault-of-edu", "fault-of-ide", "ide-error", "fault-overflow"],
    ]);
    expect(result.ending).toEqual(done);
  });

  it.each([
    ["§6.8: with write buffers that want a flush", { capabilities: { RWBF: 1 } }],
    ["§6.1: when what was not there is cached too", { capabilities: { CM: 1 } }],
    ["without page-selective invalidation", { capabilities: { PSI: 0, MAMV: 0 } }],
    [
      "with one entry in every cache",
      { caches: { context: 1, iotlb: 1, secondStagePaging: 1 } },
    ],
  ] as const)("passes %s", async (_what, options) => {
    const result = await boot({ preset: "legacy", ...options });
    expect(skipped(result)).toEqual(["copy-5-levels"]);
    expect(result.ending).toEqual(done);
  });

  it("skips a disk whose controller is not behind the unit", async () => {
    const result = await boot({ preset: "legacy", translatedDevices: [] });
    expect(skipped(result)).toEqual([
      ...["copy-5-levels", "ide-read", "ide-write", "fault-of-ide", "ide-error"],
    ]);
    expect(result.ending).toEqual(done);
  });

  it("notices page-selective invalidations that the unit does not hear", async () => {
    const result = await boot({ preset: "legacy" }, true, ({ iommu }) => {
      const access = iommu.access.bind(iommu);
      iommu.access = (request) => {
        const isPageSelective =
          request.kind === "write" && request.offset === IOTLB_UPPER && request.value >> 28n === 11n;
        return isPageSelective ? access({ ...request, kind: "read" }) : access(request);
      };
    });
    const failed = checksOf(result).filter((line) => line.startsWith("not ok"));
    expect(failed).toEqual([expect.stringMatching(/^not ok registers-unmap: status 0 while mapped, 0 when/)]);
    expect(result.ending).toEqual({ kind: "exit", code: 1 });
  });

  it("names what it misses on a unit without second stage", async () => {
    const result = await boot({ preset: "first-stage" });
    expect(checksOf(result).at(-1)).toBe(
      "not ok second-stage: SAGAW 0x0 has neither 3 nor 4 levels",
    );
  });
});
