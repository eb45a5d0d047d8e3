/** What the flows of the guest's program prove, by the name of their checks. */
import type { Checks } from "./guest.js";

export const REGISTERS: Checks = [
  ["iommu-group", "the endpoint is in an IOMMU group"],
  ["mmio-id", "the endpoint's registers can be mapped and read"],
  ["mmio-posted-writes", "2000 posted writes arrive in order"],
];
export const VFIO: Checks = [
  ["vfio-open", "VFIO opens the endpoint in a type 1 container"],
  ["vfio-copy", "DMA passes the mappings of a container"],
  ["vfio-ats-copy", "the same with translations that the endpoint asks for (ATS)"],
  ["vfio-msi", "100 interrupts reach an eventfd"],
  ["vfio-fault", "a read of what is not mapped ends with UR"],
  ["vfio-unmap", "after an unmap the endpoint's TLB holds nothing of it"],
];
export const TIME_OUT: Checks = [
  [
    "time-out-unmap",
    "an unmap waits until the endpoint has answered, however often Linux has to ask",
  ],
  ["time-out-after", "the endpoint has nothing of the pages then"],
];
export const SVA: Checks = [
  ["sva-bind", "the endpoint is bound to a process"],
  ["sva-page-request", "DMA to pages that were never touched: the kernel answers page requests"],
  ["sva-present", "DMA to a page that is there"],
  ["sva-page-groups", "32 pages in groups of 8"],
  ["sva-invalidate", "pages that the kernel takes away leave the endpoint's TLB"],
  ["sva-unmapped", "a page request for what was unmapped is answered Invalid Request"],
  ["sva-read-only-write", "so is a write to a read-only mapping"],
  ["sva-read-only-read", "which can be read"],
  ["sva-second-process", "a second process uses the endpoint in its own address space"],
];
export const OVERFLOW: Checks = [
  ["overflow-answered", "while the kernel does not look, the unit answers what finds no space"],
  ["overflow-recovery", "when it looks again, every DMA of the flood ends well"],
  ["overflow-kernel", "the kernel has seen the overflow, and cleared it"],
  ["overflow-flood", "the same flood with a kernel that is awake"],
  ["overflow-after", "page requests as usual afterwards"],
];
export const CONCURRENT: Checks = [
  ["concurrent-queues", "four queues ask at once, and the processor touches the same pages"],
  ["concurrent-processes", "queues of two processes ask at once"],
];
export const DRAIN: Checks = [
  ["drain-waits", "an address space is given back only when its page requests were looked at"],
  ["drain-answered", "and the endpoint has every answer then"],
  ["drain-killed", "the page requests of a process that was killed are refused"],
  ["drain-after", "the endpoint works for others"],
];
export const ROUND_TRIPS: Checks = [["round-trips", "1000 page requests, one after another"]];
export const IOMMUFD: Checks = [
  ["iommufd-attach", "a page table with a fault queue takes the endpoint"],
  ["iommufd-fault", "a page fault answered Success: the DMA goes on"],
  ["iommufd-fault-refused", "a page fault answered Invalid Request: the DMA fails"],
  ["iommufd-group", "a group of four pages comes in one piece, and takes one answer"],
  ["iommufd-many-faults", "50 page faults, one after another"],
];
export const PENDING: Checks = [
  ["pending-replace-unread", "a fault that nobody read is refused when its table is replaced"],
  ["pending-replace-read", "so is one that was read, and an answer then comes too late"],
  ["pending-detach-unread", "a fault that nobody read is refused when its table is detached"],
  ["pending-detach-read", "so is one that was read, and an answer then comes too late"],
  ["pending-after", "a fault is answered as usual afterwards"],
];
export const NESTED: Checks = [
  ["nested-hw-info", "the program learns the unit's capabilities"],
  ["nested-attach", "a first stage of the program's own, over a second stage"],
  ["nested-fault", "a page fault in it goes to the program"],
  ["nested-group", "a group of four pages in it"],
  ["nested-invalidate", "a page moves, and after an invalidation the endpoint sees it there"],
  ["nested-stale", "a page that is taken away is used until it is invalidated, and not after"],
];
export const RACES: Checks = [["races-words", "every word is one that either side wrote"]];
