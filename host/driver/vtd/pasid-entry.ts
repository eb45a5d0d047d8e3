import { NO_PASID } from "../iopf/index.js";
import type { Routine } from "../kernel/index.js";
import { deviceTlb, domainIotlb, pasidCache, pasidIotlb } from "./descriptors.js";
import type { Device, VtdDomain } from "./device.js";
import { drainPageRequests, wholeDrain, type DrainSteps } from "./drain.js";
import type { VtdUnit } from "./unit.js";

/** Writes the PASID table entry of a domain; P comes last, then what the unit asks for. The entry must not be present. */
export function* setUpEntry(
  unit: VtdUnit,
  device: Device,
  pasid: number,
  domain: VtdDomain,
): Routine<0 | "EBUSY"> {
  const { sourceId, name } = device;
  const { tables } = unit.booted;
  const verb = `write the entry of PASID ${pasid} of ${name} in`;
  const result = yield* unit.translation.act(verb, () => {
    if (isPresent(unit, device, pasid)) return "EBUSY";
    tables.pasid(sourceId, pasid, domain.entry);
    return 0;
  });
  if (result === 0) yield* flushNewEntry(unit, pasid, domain.entry.domain);
  return result;
}

/** pasid_flush_caches. With CM an absent entry is cached under domain-id 0 (§6.2.2.1). */
function* flushNewEntry(unit: VtdUnit, pasid: number, domainId: number): Routine {
  if (!unit.cachesAbsence) {
    yield* unit.flushWriteBuffer();
    return;
  }
  const { cached: also, quirks, invalidations } = unit;
  const tag = quirks.flushesNewEntriesByDomain ? domainId : 0;
  yield* invalidations.submit([pasidCache(tag, pasid)], { also });
  yield* invalidations.submit([pasidIotlb(domainId, pasid)], { also });
}

export interface TearDownOptions {
  /** The process is gone: faults are no news any more, and nothing is drained until it is unbound. */
  readonly faultIgnore?: boolean;
  readonly drain?: DrainSteps;
  /** Let the device forget its translations. Default true. */
  readonly deviceTlb?: boolean;
}

/**
 * intel_pasid_tear_down_entry: P goes first, then every cache forgets the entry, then the rest of it goes,
 * and then page requests are drained.
 */
export function* tearDownEntry(
  unit: VtdUnit,
  device: Device,
  pasid: number,
  { faultIgnore = false, drain = wholeDrain, deviceTlb = true }: TearDownOptions = {},
): Routine {
  const { sourceId, name } = device;
  const { invalidations, translation, booted } = unit;
  const entry = () => booted.tables.pasidEntry(sourceId, pasid);
  const before = yield* translation.act(`clear P of PASID ${pasid} of ${name} in`, () => {
    if (!hasTable(unit, device, pasid)) return undefined;
    const found = entry();
    const state = {
      present: found.get("P") === 1n,
      ignored: found.get("FPD") === 1n,
      domainId: Number(found.get("DID")),
      hasSecondStage: [2n, 3n].includes(found.get("PGTT")),
    };
    if (state.present) found.set({ P: 0 });
    return state;
  });
  if (before === undefined || (!before.present && !before.ignored)) return;
  const { domainId, hasSecondStage } = before;
  const target = { device, pasid, domainId };
  if (before.present) {
    const { cached: also } = unit;
    yield* invalidations.submit([pasidCache(domainId, pasid)], { also });
    const iotlb = hasSecondStage ? domainIotlb(domainId) : pasidIotlb(domainId, pasid);
    yield* invalidations.submit([iotlb], { also });
    if (deviceTlb) yield* flushDeviceTlb(unit, device, pasid);
  }
  const leaveOnlyFpd = before.present && faultIgnore;
  yield* translation.act(`clear the entry of PASID ${pasid} of ${name} in`, () => {
    entry().clear();
    if (leaveOnlyFpd) entry().set({ FPD: 1 });
  });
  if (!leaveOnlyFpd) yield* drainPageRequests(unit, target, drain);
}

/** Not for a device that does not translate itself, and not for one that is gone. */
export function* flushDeviceTlb(unit: VtdUnit, device: Device, pasid: number): Routine {
  const { pci } = device.slot;
  if (!device.info.atsEnabled || !pci.isPresent) return;
  const ofPasid = pasid === NO_PASID ? undefined : pasid;
  yield* unit.invalidations.submit([deviceTlb(device.sourceId, pci.invalidationDepth, ofPasid)]);
}

function isPresent(unit: VtdUnit, device: Device, pasid: number): boolean {
  if (!hasTable(unit, device, pasid)) return false;
  return unit.booted.tables.pasidEntry(device.sourceId, pasid).get("P") === 1n;
}

function hasTable(unit: VtdUnit, device: Device, pasid: number): boolean {
  return unit.booted.tables.directoryEntry(device.sourceId, pasid).get("P") === 1n;
}
