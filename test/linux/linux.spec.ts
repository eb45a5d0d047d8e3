import { describe, expect, inject, it } from "vitest";

import { IOMMUFD, NESTED, PENDING, REGISTERS, SVA, VFIO } from "./checks.js";
import { guest, outcome, runGuest } from "./guest.js";
import { PASID_DEVICE_TLB, PASID_IOTLB, RESPONSE, traceFolder, WAIT } from "./unit-record.js";

console.log(inject("guestFiles").versions);

describe("Debian's kernel", () => {
  const trace = traceFolder();

  const scalable = guest(
    "in scalable mode",
    () => runGuest({ kernel: "stock", args: ["--trace", trace.file] }),
    [...REGISTERS, ...SVA, ...VFIO],
  );

  it("§7.10: drains page requests when it takes an address space from the endpoint", () => {
    const submitted = trace.read().filter((each) => each.kind === "descriptor");
    const drains = submitted.flatMap(({ drain }, at) => (drain ? [at] : []));
    // A fence, the IOTLB, the device TLB, then the wait that drains: for each of two processes.
    expect(drains.map((at) => submitted.slice(at - 3, at).map(({ type }) => type))).toEqual([
      [WAIT, PASID_IOTLB, PASID_DEVICE_TLB],
      [WAIT, PASID_IOTLB, PASID_DEVICE_TLB],
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

  guest(
    "with a unit that has performance counters",
    () => {
      const args = ["--unit", "ECMDS=1", "--unit", "PMS=1"];
      return runGuest({ kernel: "stock", flows: ["mmio"], args });
    },
    REGISTERS,
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

  it("warns of a mistake in a driver, and the command fails the run for that", async () => {
    const append = "complain=1";
    const { verdict, reason, code } = await runGuest({ kernel: "stock", flows: ["mmio"], append });
    expect(reason).toMatch(/^the kernel complained: WARNING: .*\bsva_probe\b/);
    expect([verdict, code]).toEqual(["fail", 1]);
  });
});

describe("a kernel with IOMMUFD", () => {
  const trace = traceFolder();

  const scalable = guest(
    "in scalable mode",
    () =>
      runGuest({
        kernel: "iommufd",
        flows: ["mmio", "iommufd", "pending", "nested"],
        args: ["--trace", trace.file],
      }),
    [...REGISTERS, ...IOMMUFD, ...PENDING, ...NESTED],
  );

  it("§7.6.1: refuses faults by itself when their table is replaced or detached", () => {
    const record = trace.read();
    const refused = record.filter(
      (each) => each.kind === "descriptor" && each.type === RESPONSE && each.code === 1,
    );
    // One by the program, and four of tables that went away; each got to the endpoint.
    expect(refused).toHaveLength(1 + 4);
    expect(record.filter((each) => each.kind === "response" && each.code === 1)).toHaveLength(5);
    expect(scalable().counters["pageRequestsAnswered"]).toBe(0);
  });

  it("§7.1.3: blocks results for which there is no table, and a page that was taken away", () => {
    const faults = trace.read().filter((each) => each.kind === "fault");
    expect(faults.map(({ condition }) => condition)).toEqual(["SPT.2", "SPT.2", "SFS.2"]);
    expect(scalable().console).toMatch(
      /DMA Write NO_PASID\] .* fault addr 0x7fff00001000 \[fault reason 0x71\]/,
    );
  });

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
