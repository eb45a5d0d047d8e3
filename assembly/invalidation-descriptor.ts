/** One invalidation descriptor: its checks and its effect (§6.5.2.1 to §6.5.2.9). */
import {
  CC_INV_DID_SHIFT,
  CC_INV_FM_MASK,
  CC_INV_FM_SHIFT,
  CC_INV_G_DEVICE,
  CC_INV_G_DOMAIN,
  CC_INV_G_MASK,
  CC_INV_G_SHIFT,
  CC_INV_RESERVED_0,
  CC_INV_SID_SHIFT,
  DEV_TLB_INV_ADDR_SHIFT,
  DEV_TLB_INV_MIP_MASK,
  DEV_TLB_INV_MIP_SHIFT,
  DEV_TLB_INV_PFSID_HIGH_IN_PLACE,
  DEV_TLB_INV_PFSID_HIGH_MASK,
  DEV_TLB_INV_PFSID_HIGH_SHIFT,
  DEV_TLB_INV_PFSID_LOW_IN_PLACE,
  DEV_TLB_INV_PFSID_LOW_MASK,
  DEV_TLB_INV_PFSID_LOW_SHIFT,
  DEV_TLB_INV_RESERVED_0,
  DEV_TLB_INV_RESERVED_1,
  DEV_TLB_INV_SID_SHIFT,
  IEC_INV_G_GLOBAL,
  IEC_INV_G_MASK,
  IEC_INV_G_SHIFT,
  IEC_INV_IIDX_MASK,
  IEC_INV_IIDX_SHIFT,
  IEC_INV_IM_MASK,
  IEC_INV_IM_SHIFT,
  IEC_INV_RESERVED_0,
  INV_CONTEXT_CACHE,
  INV_DEV_TLB,
  INV_IEC,
  INV_IOTLB,
  INV_PAGE_GROUP_RESPONSE,
  INV_PASID_CACHE,
  INV_PASID_DEV_TLB,
  INV_PASID_IOTLB,
  INV_WAIT,
  IOTLB_INV_AM_MASK,
  IOTLB_INV_DR_SHIFT,
  IOTLB_INV_DW_SHIFT,
  IOTLB_INV_G_DOMAIN,
  IOTLB_INV_G_GLOBAL,
  IOTLB_INV_G_MASK,
  IOTLB_INV_G_PAGE,
  IOTLB_INV_G_SHIFT,
  IOTLB_INV_IH_SHIFT,
  IOTLB_INV_RESERVED_0,
  IOTLB_INV_RESERVED_1,
  PAGE_GROUP_RESPONSE_RESERVED_0,
  PAGE_GROUP_RESPONSE_RESERVED_1,
  PASID_CACHE_INV_G_DOMAIN,
  PASID_CACHE_INV_G_GLOBAL,
  PASID_CACHE_INV_G_PASID,
  PASID_CACHE_INV_RESERVED_0,
  PASID_DEV_TLB_INV_MIP_MASK,
  PASID_DEV_TLB_INV_MIP_SHIFT,
  PASID_DEV_TLB_INV_PASID_MASK,
  PASID_DEV_TLB_INV_PASID_SHIFT,
  PASID_DEV_TLB_INV_RESERVED_0,
  PASID_DEV_TLB_INV_RESERVED_1,
  PASID_DEV_TLB_INV_SID_SHIFT,
  PASID_DEV_TLB_INV_S_SHIFT,
  PASID_IOTLB_INV_G_PAGE,
  PASID_IOTLB_INV_G_PASID,
  PASID_IOTLB_INV_PASID_MASK,
  PASID_IOTLB_INV_PASID_SHIFT,
  PASID_IOTLB_INV_RESERVED_0,
  PASID_IOTLB_INV_RESERVED_1,
  WAIT_IF_SHIFT,
  WAIT_PD_IN_PLACE,
  WAIT_RESERVED_0,
  WAIT_RESERVED_1,
  WAIT_STATUS_DATA_SHIFT,
  WAIT_SW_SHIFT,
} from "./generated/descriptors";
import {
  CAP_DRD,
  CAP_DWD,
  CAP_MAMV_MASK,
  CAP_MAMV_SHIFT,
  CAP_PSI,
  ECAP_DIT,
  ECAP_DT,
  ECAP_IR,
  ECAP_MHMV_MASK,
  ECAP_MHMV_SHIFT,
  ECAP_PDS,
  ECAP_PRS,
  ECAP_SMTS,
  RTADDR_TTM_LEGACY,
} from "./generated/registers";
import { COUNT_WAITS } from "./generated/layout";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { DeviceTlb } from "./device-tlb";
import { Events } from "./events";
import { InFlight } from "./in-flight";
import { InterruptEntryCache } from "./interrupt-entry-cache";
import { Invalidation } from "./invalidation";
import { Latch } from "./latch";
import { Memory } from "./memory";
import { NO_PASID, Outbox } from "./outbox";
import { PageGroupResponse } from "./page-group-response";
import { WriteBuffer } from "./write-buffer";

/** The descriptor is done: the head may move. */
export const DONE: u32 = 0;
/** The descriptor cannot go on yet: it is fetched again later. */
export const HOLD: u32 = 0xffff_ffff;
/** A wait that cannot complete yet: the head may move, and nothing behind it is fetched. */
export const PENDING: u32 = 0xffff_fffe;
// Otherwise an invalidation queue error (IQERCD.IQEI).
const BAD_TYPE: u32 = 3;
const RESERVED_FIELD: u32 = 4;

const ADDRESS: u64 = ~0xfff;
const FLAG_SIZE: u32 = 1;
const FLAG_GLOBAL: u32 = 2;

export class Descriptor {
  static word0: u64 = 0;
  static word1: u64 = 0;
  static word2: u64 = 0;
  static word3: u64 = 0;
  /** The queue holds 256-bit descriptors. */
  static wide: bool = false;

  static trace(offset: u32): void {
    Outbox.descriptor(
      offset,
      Descriptor.word0,
      Descriptor.word1,
      Descriptor.word2,
      Descriptor.word3,
    );
  }

  private static get type(): i32 {
    return <i32>((Descriptor.word0 & 0xf) | (((Descriptor.word0 >> 9) & 7) << 4));
  }

  /** Checks and executes; DONE, HOLD or an error. */
  static execute(): u32 {
    const type = Descriptor.type;
    if (!Descriptor.supports(type)) return BAD_TYPE;
    if ((Descriptor.word2 | Descriptor.word3) != 0) return RESERVED_FIELD;
    if (type == INV_CONTEXT_CACHE) return Descriptor.contextCache();
    if (type == INV_IOTLB) return Descriptor.iotlb();
    if (type == INV_DEV_TLB) return Descriptor.deviceTlb();
    if (type == INV_WAIT) return Descriptor.wait();
    if (type == INV_IEC) return Descriptor.interruptEntryCache();
    if (type == INV_PASID_IOTLB) return Descriptor.pasidIotlb();
    if (type == INV_PASID_CACHE) return Descriptor.pasidCache();
    if (type == INV_PASID_DEV_TLB) return Descriptor.pasidDeviceTlb();
    return Descriptor.pageGroupResponse();
  }

  /** Whether the type exists for this unit, in this mode, and in this width (Table 26). */
  private static supports(type: i32): bool {
    if (type == INV_CONTEXT_CACHE || type == INV_IOTLB || type == INV_WAIT) return true;
    if (type == INV_DEV_TLB) return Capability.has(ECAP_DT);
    if (type == INV_IEC) return Capability.has(ECAP_IR);
    if (!Descriptor.wide || Latch.tableMode == RTADDR_TTM_LEGACY) return false;
    if (!Capability.has(ECAP_SMTS)) return false;
    if (type == INV_PASID_IOTLB || type == INV_PASID_CACHE) return true;
    if (type == INV_PASID_DEV_TLB) return Capability.has(ECAP_DT);
    if (type == INV_PAGE_GROUP_RESPONSE) return Capability.has(ECAP_PRS);
    return false;
  }

  private static has(reserved0: u64, reserved1: u64): bool {
    return (Descriptor.word0 & reserved0) != 0 || (Descriptor.word1 & reserved1) != 0;
  }

  /** G, at the same place in all descriptors that have one. */
  private static get granularity(): u64 {
    return (Descriptor.word0 >> CC_INV_G_SHIFT) & CC_INV_G_MASK;
  }
  /** DID, at the same place likewise; bits that the unit does not support are ignored. */
  private static get domain(): u32 {
    return (<u32>(Descriptor.word0 >> CC_INV_DID_SHIFT)) & 0xffff & ~(<u32>Capability.aboveDomain);
  }
  private static get pasid(): u32 {
    return <u32>((Descriptor.word0 >> PASID_IOTLB_INV_PASID_SHIFT) & PASID_IOTLB_INV_PASID_MASK);
  }
  private static get addressMask(): u32 {
    return <u32>(Descriptor.word1 & IOTLB_INV_AM_MASK);
  }
  private static get leafOnly(): bool {
    return ((Descriptor.word1 >> IOTLB_INV_IH_SHIFT) & 1) != 0;
  }

  /** §6.5.2.1. In scalable mode domain-selective is global: its entries carry no DID. */
  private static contextCache(): u32 {
    if (Descriptor.has(CC_INV_RESERVED_0, u64.MAX_VALUE)) return RESERVED_FIELD;
    const granularity = Descriptor.granularity;
    if (granularity == 0) return RESERVED_FIELD;
    WriteBuffer.flush();
    if (granularity == CC_INV_G_DEVICE) {
      Invalidation.contextDevice(
        (<u32>(Descriptor.word0 >> CC_INV_SID_SHIFT)) & 0xffff,
        <u32>((Descriptor.word0 >> CC_INV_FM_SHIFT) & CC_INV_FM_MASK),
        Descriptor.domain,
      );
    } else if (granularity == CC_INV_G_DOMAIN && Latch.tableMode == RTADDR_TTM_LEGACY) {
      Invalidation.contextDomain(Descriptor.domain);
    } else {
      Invalidation.contextGlobal();
    }
    return DONE;
  }

  /** §6.5.2.3. */
  private static iotlb(): u32 {
    if (Descriptor.has(IOTLB_INV_RESERVED_0, IOTLB_INV_RESERVED_1)) return RESERVED_FIELD;
    const granularity = (Descriptor.word0 >> IOTLB_INV_G_SHIFT) & IOTLB_INV_G_MASK;
    if (granularity == IOTLB_INV_G_GLOBAL) {
      Invalidation.translations();
    } else if (granularity == IOTLB_INV_G_DOMAIN) {
      Invalidation.domain(Descriptor.domain);
    } else if (granularity == IOTLB_INV_G_PAGE) {
      if ((Capability.cap & CAP_PSI) == 0) return RESERVED_FIELD;
      const limit = (Capability.cap >> CAP_MAMV_SHIFT) & CAP_MAMV_MASK;
      if (<u64>Descriptor.addressMask > limit) return RESERVED_FIELD;
      Invalidation.domainPages(
        Descriptor.domain,
        Descriptor.word1 & ADDRESS,
        Descriptor.addressMask,
        Descriptor.leafOnly,
      );
    } else {
      return RESERVED_FIELD;
    }
    WriteBuffer.flush();
    Descriptor.drain();
    return DONE;
  }

  /** From major version 2 on hardware always drains; before, where the descriptor asks (§6.5.2.3). */
  private static drain(): void {
    const reads = ((Descriptor.word0 >> IOTLB_INV_DR_SHIFT) & 1) != 0;
    const writes = ((Descriptor.word0 >> IOTLB_INV_DW_SHIFT) & 1) != 0;
    const asked =
      (reads && (Capability.cap & CAP_DRD) != 0) || (writes && (Capability.cap & CAP_DWD) != 0);
    if (Capability.major >= 2 || asked) InFlight.drain();
  }

  /** §6.5.2.5. */
  private static deviceTlb(): u32 {
    let reserved0 = DEV_TLB_INV_RESERVED_0;
    if (!Capability.has(ECAP_DIT)) {
      reserved0 |= DEV_TLB_INV_PFSID_LOW_IN_PLACE | DEV_TLB_INV_PFSID_HIGH_IN_PLACE;
    }
    if (Descriptor.has(reserved0, DEV_TLB_INV_RESERVED_1)) return RESERVED_FIELD;
    const limit = (Descriptor.word0 >> DEV_TLB_INV_MIP_SHIFT) & DEV_TLB_INV_MIP_MASK;
    const sourceId = (<u32>(Descriptor.word0 >> DEV_TLB_INV_SID_SHIFT)) & 0xffff;
    const flags = <u32>(Descriptor.word1 & 1) * FLAG_SIZE;
    return Descriptor.sendToDevice(sourceId, NO_PASID, flags, <u32>limit);
  }

  /** §6.5.2.6. */
  private static pasidDeviceTlb(): u32 {
    let reserved0 = PASID_DEV_TLB_INV_RESERVED_0;
    if (!Capability.has(ECAP_DIT)) {
      reserved0 |= DEV_TLB_INV_PFSID_LOW_IN_PLACE | DEV_TLB_INV_PFSID_HIGH_IN_PLACE;
    }
    if (Descriptor.has(reserved0, PASID_DEV_TLB_INV_RESERVED_1)) return RESERVED_FIELD;
    const limit = (Descriptor.word0 >> PASID_DEV_TLB_INV_MIP_SHIFT) & PASID_DEV_TLB_INV_MIP_MASK;
    const sourceId = (<u32>(Descriptor.word0 >> PASID_DEV_TLB_INV_SID_SHIFT)) & 0xffff;
    const pasid =
      (Descriptor.word0 >> PASID_DEV_TLB_INV_PASID_SHIFT) & PASID_DEV_TLB_INV_PASID_MASK;
    const size = <u32>((Descriptor.word1 >> PASID_DEV_TLB_INV_S_SHIFT) & 1) * FLAG_SIZE;
    const global = <u32>(Descriptor.word1 & 1) * FLAG_GLOBAL;
    return Descriptor.sendToDevice(sourceId, <u32>pasid, size | global, <u32>limit);
  }

  private static sendToDevice(sourceId: u32, pasid: u32, flags: u32, limit: u32): u32 {
    // PFSID is at the same place in both descriptors. Without DIT there is no throttling.
    const low = (Descriptor.word0 >> DEV_TLB_INV_PFSID_LOW_SHIFT) & DEV_TLB_INV_PFSID_LOW_MASK;
    const high = (Descriptor.word0 >> DEV_TLB_INV_PFSID_HIGH_SHIFT) & DEV_TLB_INV_PFSID_HIGH_MASK;
    const physicalFunction = <u32>(low | (high << 4));
    const throttle: u32 = Capability.has(ECAP_DIT) ? limit : 0;
    if (!DeviceTlb.maySend(physicalFunction, throttle)) return HOLD;
    const address = (Descriptor.word1 >> DEV_TLB_INV_ADDR_SHIFT) << DEV_TLB_INV_ADDR_SHIFT;
    DeviceTlb.send(sourceId, pasid, address, flags, physicalFunction);
    return DONE;
  }

  /** §6.5.2.8. */
  private static interruptEntryCache(): u32 {
    if (Descriptor.has(IEC_INV_RESERVED_0, u64.MAX_VALUE)) return RESERVED_FIELD;
    if (((Descriptor.word0 >> IEC_INV_G_SHIFT) & IEC_INV_G_MASK) == IEC_INV_G_GLOBAL) {
      WriteBuffer.flush();
      InterruptEntryCache.clear();
      return DONE;
    }
    const indexMask = (Descriptor.word0 >> IEC_INV_IM_SHIFT) & IEC_INV_IM_MASK;
    const limit = (Capability.ecap >> ECAP_MHMV_SHIFT) & ECAP_MHMV_MASK;
    if (indexMask > limit) return RESERVED_FIELD;
    WriteBuffer.flush();
    const index = (Descriptor.word0 >> IEC_INV_IIDX_SHIFT) & IEC_INV_IIDX_MASK;
    InterruptEntryCache.invalidate(<u32>index, <u32>indexMask);
    return DONE;
  }

  /**
   * §6.5.2.9. Everything before it is done, except device-TLB invalidations and requests in flight,
   * which it waits for. Page requests are delivered as they arrive, so that PD finds none on the way.
   */
  private static wait(): u32 {
    let reserved0 = WAIT_RESERVED_0;
    if (!Capability.has(ECAP_PDS)) reserved0 |= WAIT_PD_IN_PLACE;
    if (Descriptor.has(reserved0, WAIT_RESERVED_1)) return RESERVED_FIELD;
    return Descriptor.completeWait() ? DONE : PENDING;
  }

  /** False if the wait in `word0` and `word1`, which was found in order, still has to wait. */
  static completeWait(): bool {
    if (DeviceTlb.pending != 0 || !InFlight.isDrained) return false;
    Counters.add(COUNT_WAITS);
    if ((Descriptor.word0 >> WAIT_SW_SHIFT) & 1) {
      const address = Descriptor.word1 & ~Capability.aboveHost;
      Memory.write32(address, <u32>(Descriptor.word0 >> WAIT_STATUS_DATA_SHIFT));
    }
    if ((Descriptor.word0 >> WAIT_IF_SHIFT) & 1) Events.invalidationCompleted();
    return true;
  }

  /** §6.5.2.4. */
  private static pasidIotlb(): u32 {
    if (Descriptor.has(PASID_IOTLB_INV_RESERVED_0, PASID_IOTLB_INV_RESERVED_1)) {
      return RESERVED_FIELD;
    }
    const granularity = Descriptor.granularity;
    if (granularity == PASID_IOTLB_INV_G_PASID) {
      Invalidation.pasid(Descriptor.domain, Descriptor.pasid);
    } else if (granularity == PASID_IOTLB_INV_G_PAGE) {
      Invalidation.pasidPages(
        Descriptor.domain,
        Descriptor.pasid,
        Descriptor.word1 & ADDRESS,
        Descriptor.addressMask,
        Descriptor.leafOnly,
      );
    } else {
      return RESERVED_FIELD;
    }
    InFlight.drain();
    return DONE;
  }

  /** §6.5.2.2. */
  private static pasidCache(): u32 {
    if (Descriptor.has(PASID_CACHE_INV_RESERVED_0, u64.MAX_VALUE)) return RESERVED_FIELD;
    const granularity = Descriptor.granularity;
    if (granularity == PASID_CACHE_INV_G_DOMAIN) Invalidation.pasidDomain(Descriptor.domain);
    else if (granularity == PASID_CACHE_INV_G_PASID) {
      Invalidation.pasidSelective(Descriptor.domain, Descriptor.pasid);
    } else if (granularity == PASID_CACHE_INV_G_GLOBAL) Invalidation.pasidGlobal();
    else return RESERVED_FIELD;
    return DONE;
  }

  /** §7.6.1. */
  private static pageGroupResponse(): u32 {
    if (Descriptor.has(PAGE_GROUP_RESPONSE_RESERVED_0, PAGE_GROUP_RESPONSE_RESERVED_1)) {
      return RESERVED_FIELD;
    }
    PageGroupResponse.fromDescriptor(Descriptor.word0, Descriptor.word1);
    return DONE;
  }
}
