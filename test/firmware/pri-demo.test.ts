import { describe, expect, it } from "vitest";
import type { AttachOptions, Attachment } from "../../host/emulators/v86/index.js";
import { bootWithUnit, checksOf, type Boot } from "./boot-with-unit.js";

/** Every check of pri-demo, in the order of its story. */
const CHECKS = [
  ...["find-dmar", "find-endpoint", "endpoint-capabilities", "find-unit", "unit-capabilities"],
  ...["local-apic", "invalidation-queue", "root-table", "page-request-queue", "event-interrupts"],
  ...["translation-on", "endpoint-pasid-ats-pri", "endpoint-msi"],
  ...["copy-pasid-5", "completion-interrupt", "copy-pasid-9", "accessed-and-dirty-flags"],
  ...["same-address-in-two-pasids", "copy-through-device-tlb"],
  ...["page-request-interrupt", "page-request-groups", "every-request-arrived", "paged-copy"],
  "refused-request",
  ...["write-to-read-only-page", "fault-interrupt", "fault-record", "fault-cleared"],
  "absent-pasid",
  ...["page-was-reachable", "invalidation-of-both-tlbs", "unmapped-page-is-asked-for-again"],
  ...["unmapped-page-faults", "invalidation-interrupt"],
  ...["endpoint-queues-stopped", "page-request-drain", "stop-markers"],
  ...["endpoint-page-requests-off", "context-cleared", "translation-off"],
  ...["invalidation-queue-off", "nothing-left-pending"],
];

const boot = (
  options: AttachOptions,
  prepare?: (attachment: Attachment) => void,
): Promise<Boot> => bootWithUnit({ image: "pri-demo.elf" }, options, prepare);

const passed = { kind: "exit", code: 0 };
const failed = { kind: "exit", code: 1 };

describe("pri-demo in v86 with the virtual IOMMU", () => {
  it("passes every check, in order, and says how many there were", async () => {
    const result = await boot({ preset: "full" });
    expect(checksOf(result)).toEqual(CHECKS.map((name) => `ok ${name}`));
    expect(result.lines.at(-1)).toBe(`1..${CHECKS.length}`);
    expect(result.ending).toEqual(passed);
  });

  it("passes with one entry in every cache of the unit", async () => {
    const caches = {
      context: 1,
      pasid: 1,
      iotlb: 1,
      firstStagePaging: 1,
      secondStagePaging: 1,
    };
    const result = await boot({ preset: "full", caches });
    expect(checksOf(result)).toEqual(CHECKS.map((name) => `ok ${name}`));
  });

  it("passes on a unit without page-request drain, throttling and invalidating SRTP", async () => {
    const result = await boot({
      preset: "full",
      capabilities: { PDS: 0, DIT: 0, ESRTPS: 0 },
    });
    expect(checksOf(result)).toEqual(CHECKS.map((name) => `ok ${name}`));
  });

  it("names the capability that it misses, and goes no further", async () => {
    const result = await boot({ preset: "second-stage" });
    expect(checksOf(result).at(-1)).toBe("not ok unit-capabilities: ECAP.FSTS is needed");
    expect(result.ending).toEqual(failed);
  });

  it("reports an endpoint that never answers an invalidation, and ends (§6.5.2.10)", async () => {
    const result = await boot({ preset: "full" }, ({ bus }) => {
      bus.deliverDeviceTlbInvalidate = () => true;
    });
    expect(checksOf(result).at(-1)).toMatch(
      /^not ok invalidation-queue-error: FSTS\.ITE: the device did not answer an invalidation/,
    );
    expect(result.ending).toEqual(failed);
  });
});
