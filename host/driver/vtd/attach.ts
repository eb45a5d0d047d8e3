import { NO_PASID, type Result } from "../iopf/index.js";
import type { Routine } from "../kernel/index.js";
import type { AttachedPlace, Device, VtdDomain, VtdHandle } from "./device.js";
import { setUpEntry, tearDownEntry, type TearDownOptions } from "./pasid-entry.js";
import type { VtdUnit } from "./unit.js";

export interface DetachOptions {
  /** Left out to see what it is good for; default the whole. */
  readonly tearDown?: TearDownOptions | "none";
  /**
   * Leaves the fault queue before the entry is torn down, so that there is nothing to drain. Default: only
   * with the quirk `leavesQueueFirst`, and for requests without PASID.
   */
  readonly leaveFirst?: boolean;
}

/** A faultable domain is attached: the first puts the device into the fault queue. */
function* enableFaults(unit: VtdUnit, { iommu, info }: Device, domain: VtdDomain): Routine<Result> {
  if (domain.iopfHandler === undefined) return 0;
  if (!info.priEnabled) return "ENODEV";
  if (info.iopfRefcount === 0) {
    const result = yield* unit.iopf.addDevice(unit.queue, iommu);
    if (result !== 0) return result;
  }
  info.iopfRefcount += 1;
  return 0;
}

/** A faultable domain is detached: the last takes the device off the fault queue. */
function* disableFaults(unit: VtdUnit, { iommu, info, name }: Device, domain: VtdDomain): Routine {
  if (domain.iopfHandler === undefined) return;
  if (!info.priEnabled || info.iopfRefcount === 0) {
    unit.kernel.warn(`${name} leaves a fault queue that it is not in`);
    return;
  }
  info.iopfRefcount -= 1;
  if (info.iopfRefcount === 0) yield* unit.iopf.removeDevice(unit.queue, iommu);
}

/**
 * Attaches a domain to a PASID of a device; PASID 0 stands for requests without. The handle becomes visible
 * to faults only when the driver is done. EBUSY: something is attached there.
 */
export function* attach(
  unit: VtdUnit,
  device: Device,
  handle: VtdHandle,
  pasid: number = NO_PASID,
): Routine<Result> {
  const { info, iommu } = device;
  const { domain } = handle;
  if (info.domains.has(pasid)) return "EBUSY";
  const place = { unit, device, pasid };
  const assigned = yield* assign(domain, place);
  if (assigned !== 0) return assigned;
  const enabled = yield* enableFaults(unit, device, domain);
  if (enabled !== 0) {
    yield* unassign(domain, place);
    return enabled;
  }
  const written = yield* setUpEntry(unit, device, pasid, domain);
  if (written !== 0) {
    yield* disableFaults(unit, device, domain);
    yield* unassign(domain, place);
    return written;
  }
  info.domains.set(pasid, domain);
  yield* iommu.group.attachments.store(handle, pasid);
  return 0;
}

/** Detaches what is attached; the caller frees its handle afterwards. */
export function* detach(
  unit: VtdUnit,
  device: Device,
  pasid: number = NO_PASID,
  options: DetachOptions = {},
): Routine {
  const { info, iommu } = device;
  const domain = info.domains.get(pasid);
  if (domain === undefined) return;
  const { tearDown = {}, leaveFirst = pasid === NO_PASID && unit.quirks.leavesQueueFirst } =
    options;
  if (leaveFirst) yield* disableFaults(unit, device, domain);
  if (tearDown !== "none") yield* tearDownEntry(unit, device, pasid, tearDown);
  if (!leaveFirst) {
    yield* forget(unit, device, pasid);
    yield* disableFaults(unit, device, domain);
  }
  info.domains.delete(pasid);
  yield* unassign(domain, { unit, device, pasid });
  yield* iommu.group.attachments.erase(pasid);
}

/**
 * Attaches another domain in the place of what is attached; the caller frees the old handle afterwards. If
 * it fails, requests without PASID are left blocked, and a PASID keeps what it had.
 */
export function* replace(
  unit: VtdUnit,
  device: Device,
  handle: VtdHandle,
  pasid: number = NO_PASID,
): Routine<Result> {
  const { info, iommu } = device;
  const { domain } = handle;
  const old = info.domains.get(pasid);
  if (old === undefined) return yield* attach(unit, device, handle, pasid);
  const place = { unit, device, pasid };
  const assigned = yield* assign(domain, place);
  if (assigned !== 0) return assigned;
  const blocksFirst = pasid === NO_PASID;
  if (blocksFirst) yield* tearDownEntry(unit, device, pasid);
  const enabled = yield* enableFaults(unit, device, domain);
  if (enabled !== 0) {
    yield* unassign(domain, place);
    return enabled;
  }
  if (!blocksFirst) yield* tearDownEntry(unit, device, pasid);
  yield* forget(unit, device, pasid);
  const leaks = blocksFirst && unit.quirks.keepsOldReference && domain.entry.kind === "nested";
  if (!leaks) yield* disableFaults(unit, device, old);
  yield* setUpEntry(unit, device, pasid, domain);
  info.domains.set(pasid, domain);
  yield* unassign(old, place);
  yield* iommu.group.attachments.store(handle, pasid);
  return 0;
}

function* assign(domain: VtdDomain, place: AttachedPlace): Routine<Result> {
  return domain.assign === undefined ? 0 : yield* domain.assign(place);
}

function* unassign(domain: VtdDomain, place: AttachedPlace): Routine {
  if (domain.unassign !== undefined) yield* domain.unassign(place);
}

/** What waits for the rest of its group was meant for the old domain. */
function forget({ iopf }: VtdUnit, { iommu }: Device, pasid: number): Routine {
  return iopf.forgetPartials(iommu, pasid === NO_PASID ? undefined : pasid);
}
