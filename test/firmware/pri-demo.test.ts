import { describe, expect, it } from "vitest";
import { V86 } from "v86";
import {
  attachIommu,
  prepareV86,
  type Attachment,
  type AttachOptions,
  type Ending,
} from "../../host/emulators/v86/index.js";
import { readImage } from "./images.js";

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

interface Boot {
  readonly ending: Ending;
  readonly lines: readonly string[];
}

/** Boots pri-demo in v86 with a virtual IOMMU, until it exits. */
async function bootWithUnit(
  options: AttachOptions,
  prepare: (attachment: Attachment) => void = () => undefined,
): Promise<Boot> {
  const image = new Uint8Array(readImage("pri-demo.elf")).buffer;
  const emulator = new V86(
    prepareV86({ memory_size: 32 * 2 ** 20, multiboot: { buffer: image } }),
  );
  let serial = "";
  emulator.add_listener("serial0-output-byte", (byte: number) => {
    serial += String.fromCharCode(byte);
  });
  const attachment = await attachIommu(emulator, options);
  prepare(attachment);
  void emulator.run();
  const ending = await attachment.ending;
  await attachment.destroy();
  return { ending, lines: serial.trimEnd().split("\n") };
}

const checksOf = ({ lines }: Boot): string[] => lines.filter((line) => /^(not )?ok /.test(line));
const passed = { kind: "exit", code: 0 };
const failed = { kind: "exit", code: 1 };

describe("pri-demo in v86 with the virtual IOMMU", () => {
  it("passes every check, in order, and says how many there were", async () => {
    const boot = await bootWithUnit({ preset: "full" });
    expect(checksOf(boot)).toEqual(CHECKS.map((name) => `ok ${name}`));
    expect(boot.lines.at(-1)).toBe(`1..${CHECKS.length}`);
    expect(boot.ending).toEqual(passed);
  });

  it("passes with one entry in every cache of the unit", async () => {
    const caches = {
      context: 1,
      pasid: 1,
      iotlb: 1,
      firstStagePaging: 1,
      secondStagePaging: 1,
    };
    const boot = await bootWithUnit({ preset: "full", caches });
    expect(checksOf(boot)).toEqual(CHECKS.map((name) => `ok ${name}`));
  });

  it("passes on a unit without page-request drain, throttling and invalidating SRTP", async () => {
    const boot = await bootWithUnit({
      preset: "full",
      capabilities: { PDS: 0, DIT: 0, ESRTPS: 0 },
    });
    expect(checksOf(boot)).toEqual(CHECKS.map((name) => `ok ${name}`));
  });

  it("names the capability that it misses, and goes no further", async () => {
    const boot = await bootWithUnit({ preset: "second-stage" });
    expect(checksOf(boot).at(-1)).toBe("not ok unit-capabilities: ECAP.FSTS is needed");
    expect(boot.ending).toEqual(failed);
  });

  it("reports an endpoint that never answers an invalidation, and ends (§6.5.2.10)", async () => {
    const boot = await bootWithUnit({ preset: "full" }, ({ bus }) => {
      bus.deliverDeviceTlbInvalidate = () => true;
    });
    expect(checksOf(boot).at(-1)).toMatch(
      /^not ok invalidation-queue-error: FSTS\.ITE: the device did not answer an invalidation/,
    );
    expect(boot.ending).toEqual(failed);
  });
});
