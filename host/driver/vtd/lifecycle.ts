import {
  makeDevice,
  type Fault,
  type IommuGroup,
  type IopfDevice,
  type ResponseCode,
} from "../iopf/index.js";
import { Refcount, type Routine } from "../kernel/index.js";
import { deviceContext, deviceTlb, domainIotlb } from "./descriptors.js";
import type { Device, DeviceInfo } from "./device.js";
import { putDevice } from "./lookup.js";
import { PciFunction, type ConfigAccess } from "./pci.js";
import type { VtdUnit } from "./unit.js";

export interface ProbeOptions {
  readonly name: string;
  readonly sourceId: number;
  readonly config: ConfigAccess;
  /** Devices whose attachments are one. */
  readonly group: IommuGroup;
}

export type ProbeResult = Device | "EEXIST" | "ENOMEM";

/** Probes a device: what it can do, its place in the tree, its context entry. Nothing is enabled yet. */
export function* probe(unit: VtdUnit, options: ProbeOptions): Routine<ProbeResult> {
  const { kernel } = unit;
  const { name, sourceId, config, group } = options;
  const pci = new PciFunction(kernel, name, config);
  const info = yield* kernel.heap.allocate<DeviceInfo>("device_domain_info", {
    ...supports(unit, pci),
    atsEnabled: false,
    pasidEnabled: false,
    priEnabled: false,
    iopfRefcount: 0,
    domains: new Map(),
  });
  if (info === undefined) return "ENOMEM";
  const iommu: IopfDevice = makeDevice(kernel, name, {
    group,
    pageResponse: (fault, code) => sendResponse(unit, sourceId, { fault, code }),
  });
  const device = kernel.heap.make<Device>("device", {
    name,
    sourceId,
    refs: new Refcount(kernel, "refs"),
    slot: { pci },
    iommu,
    info,
  });
  if (info.atsSupported && !(yield* unit.devices.insert(device))) {
    kernel.warn(`${name} has a source-id that is taken`);
    yield* freeAll(unit, device);
    yield* putDevice(kernel, device);
    return "EEXIST";
  }
  yield* unit.list.add(device);
  yield* unit.translation.act(`write the context entry of ${name} in`, () => {
    unit.booted.tables.context(sourceId, {
      dte: info.atsSupported,
      paside: info.pasidSupported,
      pre: info.priSupported,
    });
  });
  yield* flushNewContext(unit, sourceId);
  return device;
}

/** With CM the unit may have cached that there was no context entry, under domain-id 0. */
function* flushNewContext(unit: VtdUnit, sourceId: number): Routine {
  if (!unit.cachesAbsence) yield* unit.flushWriteBuffer();
  else {
    const descriptors = [deviceContext(sourceId, 0), domainIotlb(0)];
    yield* unit.invalidations.submit(descriptors, { also: unit.cached });
  }
}

interface Answer {
  readonly fault: Fault;
  readonly code: ResponseCode;
}

function* sendResponse(unit: VtdUnit, sourceId: number, { fault, code }: Answer): Routine {
  yield* unit.respond(sourceId, fault, code);
}

function supports(unit: VtdUnit, pci: PciFunction) {
  const atsSupported = unit.hasExtended("DT") && pci.isAtsUsable;
  return {
    atsSupported,
    pasidSupported: unit.hasExtended("PASID") && pci.has("pasid"),
    // Without drain Linux does not serve page requests.
    priSupported:
      atsSupported && unit.hasExtended("PRS") && unit.hasExtended("PDS") && pci.has("pri"),
  };
}

/** probe_finalize: PASID, then ATS, then PRI. */
export function* enableDevice({ info, slot }: Device): Routine {
  const { pci } = slot;
  if (info.pasidSupported) {
    yield* pci.enablePasid();
    info.pasidEnabled = true;
  }
  if (!info.atsSupported) return;
  yield* pci.enableAts();
  info.atsEnabled = true;
  if (info.priSupported) info.priEnabled = (yield* pci.enablePri(info.pasidEnabled)) === 0;
}

/** Release: PRI, ATS and PASID off, out of the tree, out of the context table, and freed. */
export function* release(unit: VtdUnit, device: Device): Routine {
  const { info, iommu, name, slot, sourceId } = device;
  const { pci } = slot;
  if (info.priEnabled) {
    yield* pci.disablePri();
    if (info.iopfRefcount > 0) {
      unit.kernel.warn(`${name} is released, and ${info.iopfRefcount} domains have its faults`);
      yield* unit.iopf.removeDevice(unit.queue, iommu);
    }
    info.priEnabled = false;
  }
  if (info.atsEnabled) yield* pci.disableAts();
  if (info.pasidEnabled) yield* pci.disablePasid();
  if (info.atsSupported) yield* unit.devices.remove(device);
  const { frames, tables } = unit.booted;
  const unused = yield* unit.translation.act(`clear the context entry of ${name} in`, () =>
    tables.removeContext(sourceId),
  );
  const descriptors = [deviceContext(sourceId, 0)];
  if (info.atsEnabled && pci.isPresent) {
    descriptors.push(deviceTlb(sourceId, pci.invalidationDepth));
  }
  yield* unit.invalidations.submit(descriptors, { also: unit.cached });
  for (const frame of unused) frames.release?.(frame);
  yield* freeAll(unit, device);
}

function* freeAll({ kernel }: VtdUnit, { info, iommu }: Device): Routine {
  yield* kernel.heap.free(info);
  yield* kernel.heap.free(iommu);
}
