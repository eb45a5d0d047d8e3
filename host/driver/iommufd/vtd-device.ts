import { Errno } from "../errno.js";
import { NO_PASID, type AttachHandle, type IopfDevice } from "../iopf/index.js";
import type { Routine } from "../kernel/index.js";
import type { PagingStep, TablePages } from "../page-table/index.js";
import { attach, detach, replace } from "../vtd/attach.js";
import type { Device, VtdHandle } from "../vtd/device.js";
import { registerBit, registerBits } from "../vtd/fields.js";
import { setUpEntry } from "../vtd/pasid-entry.js";
import type { VtdUnit } from "../vtd/unit.js";
import type {
  DeviceCapabilities,
  DeviceGroup,
  DriverResult,
  HwInfoData,
  IommuDevice,
  NestedOptions,
  PagingOptions,
} from "./port.js";
import { HW_INFO_TYPE, HW_INFO_VTD, hwInfoVtd, HWPT_DATA, hwptVtdS1, VTD_S1 } from "./uapi.js";
import { VtdNestedDomain, VtdPagingDomain } from "./vtd-domain.js";

/** 0 and 1 are the driver's own. */
const FIRST_DOMAIN = 2;
const SSADS = registerBit("ECAP", "SSADS");
const SMPWCS = registerBit("ECAP", "SMPWCS");
const NEST = registerBit("ECAP", "NEST");
const FSTS = registerBit("ECAP", "FSTS");
const PSS = registerBits("ECAP", "PSS");
const ND = registerBits("CAP", "ND");
const SC = registerBit("ECAP", "SC");
/** Writes there are interrupts. Linux reserves the range for every device, whatever else is reserved for one (RMRR). */
const INTERRUPTS = { start: 0xfee0_0000n, last: 0xfeef_ffffn };

export interface VtdDriverOptions {
  /** Steps that its paging domains leave out, to see what they are good for. Default: none. */
  readonly without?: readonly PagingStep[];
}

/** The driver of VT-d units, as iommufd needs it: it hands out domains and their numbers. */
export class VtdDriver {
  readonly pages: TablePages;
  readonly without: readonly PagingStep[];
  readonly #taken = new Set<number>();

  /** @param pages where the tables of domains come from: the memory that the units translate for. */
  constructor(pages: TablePages, { without = [] }: VtdDriverOptions = {}) {
    this.pages = pages;
    this.without = without;
  }

  /** Takes the lowest number that is free and below `limit`; undefined if there is none. */
  takeDomainId(limit: number): number | undefined {
    let id = FIRST_DOMAIN;
    while (this.#taken.has(id)) id += 1;
    if (id >= limit) return undefined;
    this.#taken.add(id);
    return id;
  }

  releaseDomainId(id: number): void {
    this.#taken.delete(id);
  }
}

export interface VtdIommuDeviceOptions {
  readonly driver: VtdDriver;
  readonly unit: VtdUnit;
  /** Probed and enabled; it is in `group`, and has no domain. */
  readonly device: Device;
  readonly group: DeviceGroup;
  /** Default false: devices that share an interface are not modelled. */
  readonly sharesPageRequests?: boolean;
}

/** A device behind a VT-d unit: attaching it writes PASID entries, detaching invalidates and drains. */
export class VtdIommuDevice implements IommuDevice {
  readonly name: string;
  readonly group: DeviceGroup;
  readonly iommu: IopfDevice;
  readonly capabilities: DeviceCapabilities;
  readonly driver: VtdDriver;
  readonly unit: VtdUnit;
  readonly device: Device;
  readonly reserved = [INTERRUPTS];

  constructor({ driver, unit, device, group, sharesPageRequests = false }: VtdIommuDeviceOptions) {
    this.name = device.name;
    this.group = group;
    this.iommu = device.iommu;
    this.driver = driver;
    this.unit = unit;
    this.device = device;
    const { extendedCapability } = unit.booted;
    const { pci } = device.slot;
    const pasidBits = Math.min(Number(PSS.get(extendedCapability)) + 1, pci.pasidWidth);
    this.capabilities = {
      dirtyTracking: (extendedCapability & (SSADS | SMPWCS)) === (SSADS | SMPWCS),
      pasidWidth: device.info.pasidEnabled ? pasidBits : 0,
      ats: device.info.atsSupported,
      pasidExecute: pci.isPasidExecute,
      pasidPrivileged: pci.isPasidPrivileged,
      domainFlags: true,
      sharesPageRequests,
    };
    group.devices.push(this);
  }

  /** Its unit's registers. Linux names an erratum of a processor for every unit. */
  hwInfo(type: number): HwInfoData | Errno {
    if (type !== HW_INFO_TYPE.DEFAULT && type !== HW_INFO_TYPE.INTEL_VTD) {
      return new Errno("EOPNOTSUPP", `type ${type}: expected 0 or ${HW_INFO_TYPE.INTEL_VTD}`);
    }
    const { capability: cap_reg, extendedCapability: ecap_reg } = this.unit.booted;
    const flags = HW_INFO_VTD.ERRATA_772415_SPR17;
    return { type: HW_INFO_TYPE.INTEL_VTD, data: hwInfoVtd.encode({ flags, cap_reg, ecap_reg }) };
  }

  /** A parent of nested domains and one that tracks dirty pages have a second stage; others a first, if there is one. */
  // eslint-disable-next-line require-yield -- tables are allocated when something is mapped
  *allocPaging(options: PagingOptions): Routine<VtdPagingDomain | Errno> {
    const { nestParent, dirtyTracking, data } = options;
    if (data !== undefined) return new Errno("EOPNOTSUPP", "a paging domain takes no data");
    if (nestParent && !this.#has(NEST)) {
      return new Errno("EOPNOTSUPP", `${this.unit.name} has no nested translation`);
    }
    const needsSecond = nestParent || dirtyTracking || !this.#has(FSTS);
    return this.#numbered((domainId, onFree) => {
      const stage = needsSecond ? "second" : "first";
      const { driver: owner } = this;
      const { pages, without } = owner;
      const enforcesCoherency = this.#has(SC);
      const options = { owner, pages, domainId, stage, dirtyTracking, without, onFree } as const;
      return new VtdPagingDomain({ ...options, enforcesCoherency });
    });
  }

  *allocNested({ parent, data }: NestedOptions): Routine<VtdNestedDomain | Errno> {
    if (!this.#has(NEST) || data.type !== HWPT_DATA.VTD_S1) {
      return new Errno("EOPNOTSUPP", `no nested domain of type ${data.type}`);
    }
    if (!(parent instanceof VtdPagingDomain)) {
      return new Errno("EINVAL", `${parent.name} is no domain of this driver`);
    }
    const bytes = yield* data.copy(hwptVtdS1.bytes);
    if (bytes instanceof Errno) return bytes;
    const values = hwptVtdS1.decode(bytes);
    const known = BigInt(VTD_S1.SRE | VTD_S1.EAFE | VTD_S1.WPE);
    const isKnown = (values.flags & ~known) === 0n && values.reserved === 0;
    if (!isKnown && !this.unit.quirks.takesUnknownStageFlags) {
      return new Errno("EOPNOTSUPP", `flags are ${values.flags}: expected bits of ${known}`);
    }
    return this.#numbered(
      (domainId, onFree) => new VtdNestedDomain({ parent, domainId, data: values, onFree }),
    );
  }

  attach(handle: AttachHandle, pasid: number): Routine<DriverResult> {
    return attach(this.unit, this.device, handle as VtdHandle, pasid);
  }

  *replace(handle: AttachHandle, old: AttachHandle, pasid: number): Routine<DriverResult> {
    const { unit, device } = this;
    const result = yield* replace(unit, device, handle as VtdHandle, pasid);
    // Requests without PASID were blocked first: they get back what they had.
    if (result !== 0 && pasid === NO_PASID) {
      yield* setUpEntry(unit, device, pasid, (old as VtdHandle).domain);
    }
    return result;
  }

  detach(pasid: number): Routine {
    return detach(this.unit, this.device, pasid);
  }

  #has(bit: bigint): boolean {
    return (this.unit.booted.extendedCapability & bit) !== 0n;
  }

  #numbered<T>(make: (domainId: number, onFree: () => void) => T): T | Errno {
    const { driver } = this;
    const limit = 2 ** (4 + 2 * Number(ND.get(this.unit.booted.capability)));
    const domainId = driver.takeDomainId(limit);
    if (domainId === undefined) return new Errno("ENOSPC", `${limit} domains are in use`);
    return make(domainId, () => {
      driver.releaseDomainId(domainId);
    });
  }
}
