import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

import { outcome, runGuest, type GuestResult } from "./guest.js";

/** What the flows of the guest's program prove, by the name of their checks. */
const REGISTERS = [
  ["iommu-group", "the endpoint is in an IOMMU group"],
  ["mmio-id", "the endpoint's registers can be mapped and read"],
  ["mmio-posted-writes", "2000 posted writes arrive in order"],
] as const;
const VFIO = [
  ["vfio-open", "VFIO opens the endpoint in a type 1 container"],
  ["vfio-copy", "DMA passes the mappings of a container"],
  ["vfio-ats-copy", "the same with translations that the endpoint asks for (ATS)"],
  ["vfio-msi", "100 interrupts reach an eventfd"],
  ["vfio-fault", "a read of what is not mapped ends with UR"],
  ["vfio-unmap", "after an unmap the endpoint's TLB holds nothing of it"],
] as const;
const SVA = [
  ["sva-bind", "the endpoint is bound to a process"],
  ["sva-page-request", "DMA to pages that were never touched: the kernel answers page requests"],
  ["sva-present", "DMA to a page that is there"],
  ["sva-page-groups", "32 pages in groups of 8"],
  ["sva-invalidate", "pages that the kernel takes away leave the endpoint's TLB"],
  ["sva-unmapped", "a page request for what was unmapped is answered Invalid Request"],
  ["sva-read-only-write", "so is a write to a read-only mapping"],
  ["sva-read-only-read", "which can be read"],
  ["sva-second-process", "a second process uses the endpoint in its own address space"],
] as const;
const IOMMUFD = [
  ["iommufd-attach", "a page table with a fault queue takes the endpoint"],
  ["iommufd-fault", "a page fault answered Success: the DMA goes on"],
  ["iommufd-fault-refused", "a page fault answered Invalid Request: the DMA fails"],
  ["iommufd-many-faults", "50 page faults, one after another"],
  ["nested-hw-info", "the program learns the unit's capabilities"],
  ["nested-attach", "a first stage of the program's own, over a second stage"],
  ["nested-fault", "a page fault in it goes to the program"],
  ["nested-invalidate", "a page moves, and after an invalidation the endpoint sees it there"],
] as const;

type Checks = readonly (readonly [string, string])[];

/** A guest, and a test for each of its checks. */
function guest(title: string, run: () => Promise<GuestResult>, checks: Checks): () => GuestResult {
  let result: GuestResult;
  describe(title, () => {
    beforeAll(async () => {
      result = await run();
      const figures = result.console.match(/^# .*/gm) ?? [];
      console.log([title, ...figures].join("\n"));
    });
    it("runs to its end", () => {
      expect([result.reason, result.verdict, result.code]).toEqual([undefined, "pass", 0]);
    });
    it.each(checks)("%s: %s", (name) => {
      expect(outcome(result, name)).toBe("ok");
    });
  });
  return () => result;
}

/** Low bits of wait descriptors (§6.5.2.8): the type, and one with SW and PD. */
const WAIT = 5;
const WAIT_DRAIN = 0xa5;

console.log(inject("guestFiles").versions);

describe("Debian's kernel", () => {
  const folder = mkdtempSync(join(tmpdir(), "viommu-linux-"));
  const traceFile = join(folder, "trace.jsonl");
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const scalable = guest(
    "in scalable mode",
    () => runGuest({ kernel: "stock", args: ["--trace", traceFile] }),
    [...REGISTERS, ...SVA, ...VFIO],
  );

  it("§7.10: drains page requests when it takes an address space from the endpoint", () => {
    const submitted = readFileSync(traceFile, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { kind?: string; words?: readonly string[] })
      .filter(({ kind }) => kind === "descriptor")
      .map(({ words }) => Number(BigInt(words![0]!) & 0xffn));
    const drains = submitted.flatMap((low, at) => (low === WAIT_DRAIN ? [at] : []));
    // A fence, the IOTLB, the device TLB, then the wait that drains: for each of two processes.
    expect(drains.map((at) => submitted.slice(at - 3, at).map((low) => low & 0xf))).toEqual([
      [WAIT, 6, 8],
      [WAIT, 6, 8],
    ]);
  });

  it("prints the fault of the unmapped read by its reason", () => {
    expect(scalable().console).toMatch(
      /DMA Read NO_PASID\] Request device \[0000:00:05\.0\] fault addr 0x99990000 \[fault reason 0x71\]/,
    );
    expect(scalable().counters).toMatchObject({ faults: 1, faultsRecorded: 1 });
  });

  it("gets a page request for each page, and an interrupt for each event", () => {
    const { pageRequests, interruptsDelivered } = scalable().counters;
    expect(pageRequests).toBeGreaterThanOrEqual(16 + 32 + 8 + 2);
    expect(interruptsDelivered).toBeGreaterThan(100);
  });

  guest(
    "with two processors and 4 GiB of memory",
    () => runGuest({ kernel: "stock", args: ["--smp", "2", "--memory", "4096"] }),
    [...REGISTERS, ...SVA, ...VFIO],
  );

  const legacy = guest(
    "in legacy mode",
    () => runGuest({ kernel: "stock", append: "intel_iommu=sm_off" }),
    [...REGISTERS, ...VFIO],
  );

  it("binds no process in legacy mode", () => {
    expect(outcome(legacy(), "sva-bind")).toBe("skip");
  });

  it("panics without a root file system, and the command says so", async () => {
    const { verdict, reason, code } = await runGuest({ kernel: "stock", initramfs: false });
    expect(reason).toMatch(/the guest reset the machine.*Kernel panic - not syncing: VFS/);
    expect([verdict, code]).toEqual(["crash", 3]);
  });
});

describe("a kernel with IOMMUFD", () => {
  guest("in scalable mode", () => runGuest({ kernel: "iommufd" }), [...REGISTERS, ...IOMMUFD]);

  it("is lost when another device takes the place of the registers: the command says so", async () => {
    const { reason, code } = await runGuest({
      kernel: "iommufd",
      args: ["--", "-device", "VGA,vgamem_mb=16"],
    });
    expect(reason).toMatch(/has put the unit's registers at 0x[0-9a-f]+, and DMAR says 0xfd000000/);
    expect(code).toBe(3);
  });

  it("is lost when its memory is not shared: the command says so", async () => {
    const memory = "memory-backend-ram,id=other,size=512M";
    const { reason, code } = await runGuest({
      kernel: "iommufd",
      args: ["--", "-object", memory, "-machine", "memory-backend=other"],
    });
    expect(reason).toMatch(/the guest's memory is not shared with the server/);
    expect(code).toBe(3);
  });
});
