import { describe, expect, it } from "vitest";

import { ConsoleWatch } from "../../host/cli/console-watch.js";
import { kernelComplaint } from "../../host/cli/kernel-complaint.js";

describe("a line of the console in which Linux complains", () => {
  it.each([
    "WARNING: drivers/iommu/io-pgfault.c:240 at iommu_report_device_fault+0x2e2/0x460, CPU#0: irq/25-dmar0-pr/58",
    "WARNING: CPU: 1 PID: 58 at drivers/iommu/intel/pasid.c:210 intel_pasid_tear_down_entry+0x1a0/0x1b0",
    "WARNING: possible circular locking dependency detected",
    "WARNING: suspicious RCU usage",
    "BUG: kernel NULL pointer dereference, address: 0000000000000018",
    "BUG: unable to handle page fault for address: ffffc90000123000",
    "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580",
    "BUG: scheduling while atomic: flows/61/0x00000002",
    "BUG: KASAN: slab-use-after-free in iopf_group_response+0x3c/0x1f0",
    "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!",
    "kernel BUG at drivers/iommu/intel/iommu.c:1234!",
    "Oops: Oops: 0000 [#1] SMP NOPTI",
    "Oops: general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP",
    "general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1] SMP",
    "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [flows:61]",
    "watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1",
    "watchdog: Watchdog detected hard LOCKUP on cpu 0",
    "NMI watchdog: Watchdog detected hard LOCKUP on cpu 0",
    "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
    "rcu: INFO: rcu_sched self-detected stall on CPU",
    "rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-...D } 6 jiffies s: 41 root: 0x2/.",
    "INFO: task flows:61 blocked for more than 120 seconds.",
    "INFO: task flows:61 blocked on a mutex likely owned by task kworker/0:1:12.",
    "UBSAN: shift-out-of-bounds in drivers/iommu/intel/prq.c:77:9",
    "KFENCE: use-after-free read in iopf_free_group+0x20/0x80",
    'irq 25: nobody cared (try booting with the "irqpoll" option)',
    "Kernel panic - not syncing: DMAR hardware is malfunctioning",
    "DMAR hardware is malfunctioning",
    "DMAR: dmar0: hardware is malfunctioning",
  ])("is told by its message: %s", (message) => {
    for (const prefix of ["", "[    4.218934] ", "[12345.000001][   T58] ", "<4>[    0.1] "]) {
      expect(kernelComplaint(`${prefix}${message}\r`)).toBe(message);
    }
  });

  it.each([
    "DMAR: DRHD: handling fault status reg 2",
    "DMAR: [DMA Read NO_PASID] Request device [0000:00:05.0] fault addr 0x99990000 [fault reason 0x71] SM",
    "DMAR: IOMMU: dmar0: PRQ overflow detected",
    "DMAR: VT-d detected Invalidation Queue Error: Reason f",
    "viommu_sva: loading out-of-tree module taints kernel.",
    "ok sva-bug: there was no WARNING: and no BUG: ",
    "# Linux 7.2.13, up after 4.2 s; BUG: is a word",
    "clocksource: Marking clocksource 'tsc' as unstable because the skew is too large:",
    "clocksource: timekeeping watchdog on CPU0: hpet wd-wd read-back delay of 104us",
    "hrtimer: interrupt took 1234567 ns",
    "mce: CPU supports 10 MCE banks",
    "Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on",
  ])("is no other: %s", (message) => {
    expect(kernelComplaint(message)).toBeUndefined();
    expect(kernelComplaint(`[    4.218934] ${message}`)).toBeUndefined();
  });
});

describe("the watch over a console", () => {
  const watched = (...pieces: string[]): ConsoleWatch => {
    const watch = new ConsoleWatch(undefined);
    for (const piece of pieces) watch.add(Buffer.from(piece));
    return watch;
  };

  it("keeps the first complaint, in whatever pieces it comes", () => {
    const { complaint } = watched("[1.0] BU", "G: first one", "\r\n[1.1] BUG: second\r\n");
    expect(complaint).toBe("BUG: first one");
  });

  it("has the complaint of a line that never ended", () => {
    expect(watched("[1.0] fine\r\n[1.1] BUG: cut o").complaint).toBe("BUG: cut o");
    expect(watched("[1.0] Kernel panic - not syncing: Fatal ex").panic).toBe(
      "Kernel panic - not syncing: Fatal ex",
    );
  });

  it("has a panic as a whole, in whatever pieces it comes", () => {
    const { panic } = watched("[1.0] Kernel panic - not syncing: No", " init found.\r\n");
    expect(panic).toBe("Kernel panic - not syncing: No init found.");
  });
});
