import { NO_PASID } from "../iopf/index.js";
import { assertInvariant, type Routine } from "../kernel/index.js";
import { placeOf } from "./access.js";
import { deviceTlb, domainIotlb, fence, pasidIotlb, type QueueDescriptor } from "./descriptors.js";
import type { Device } from "./device.js";
import { PRO, queuedRequests } from "./page-request-thread.js";
import type { VtdUnit } from "./unit.js";

/** What a drain consists of; each can be left out, to see what it is good for. */
export interface DrainSteps {
  /** Wait until the thread has taken the requests that are in the queue. */
  readonly ring: boolean;
  /** Wait until the handlers are done. */
  readonly flush: boolean;
  /** Let the unit deliver what is under way. */
  readonly hardware: boolean;
  /** Begin again if the queue overflowed meanwhile. */
  readonly overflow: boolean;
}

export const wholeDrain: DrainSteps = { ring: true, flush: true, hardware: true, overflow: true };

/** What is to be drained: requests of a device with a PASID, or without (PASID 0), that had this domain. */
export interface DrainTarget {
  readonly device: Device;
  readonly pasid: number;
  readonly domainId: number;
}

const PRS = placeOf("PRS").offset;

/**
 * intel_iommu_drain_pasid_prq: when it is done, no request of the PASID is in the queue, with a handler or
 * under way. Its entry must have been torn down before, so that no more come.
 */
export function* drainPageRequests(
  unit: VtdUnit,
  target: DrainTarget,
  steps: DrainSteps = wholeDrain,
): Routine {
  const { device } = target;
  // A device in no fault queue has nothing to drain.
  if (device.info.iopfRefcount === 0) return;
  if (steps.ring) yield* drainQueue(unit, target);
  if (steps.flush) yield* unit.iopf.flushDevice(device.iommu);
  if (steps.hardware) yield* drainHardware(unit, target, steps);
}

function* drainQueue(unit: VtdUnit, { device, pasid }: DrainTarget): Routine {
  const { sourceId } = device;
  for (;;) {
    yield* unit.drained.reinit();
    const isQueued = yield* unit.pageRequests.act(
      `look for requests of ${device.name} in`,
      () =>
        queuedRequests(unit).some(
          (request) => request.sourceId === sourceId && (request.fault.pasid ?? NO_PASID) === pasid,
        ),
      { kind: "read" },
    );
    if (!isQueued) return;
    yield* unit.drained.wait();
  }
}

function* drainHardware(unit: VtdUnit, target: DrainTarget, steps: DrainSteps): Routine {
  for (;;) {
    yield* unit.drained.reinit();
    yield* unit.invalidations.submit(drainDescriptors(target), { drain: true, also: unit.cached });
    const status = yield* unit.pageRequests.act("read PRS of", () => unit.window.read32(PRS), {
      kind: "read",
    });
    if (steps.overflow && (status & PRO) !== 0) {
      yield* unit.drained.wait();
      continue;
    }
    // What was lost has left the rest of its group behind.
    assertInvariant((status & PRO) === 0, "F-overflow", "a drain ends while PRS.PRO is set");
    return;
  }
}

function drainDescriptors({ device, pasid, domainId }: DrainTarget): QueueDescriptor[] {
  const { sourceId, slot } = device;
  const depth = slot.pci.invalidationDepth;
  return pasid === NO_PASID
    ? [fence(), domainIotlb(domainId), deviceTlb(sourceId, depth)]
    : [fence(), pasidIotlb(domainId, pasid), deviceTlb(sourceId, depth, pasid)];
}
