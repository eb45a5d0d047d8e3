/**
 * What this unit reports (VT-d 5.10 §11.4.2, §11.4.3) and what follows from it for the walks.
 *
 * Everything here is derived from the configuration block: `load` computes it again after a restore.
 */
import {
  CAP_CM,
  CAP_ESRTPS,
  CAP_FS1GP,
  CAP_FS5LP,
  CAP_MGAW_MASK,
  CAP_MGAW_SHIFT,
  CAP_ND_MASK,
  CAP_NFR_MASK,
  CAP_NFR_SHIFT,
  CAP_FRO_MASK,
  CAP_FRO_SHIFT,
  CAP_SAGAW_MASK,
  CAP_SAGAW_SHIFT,
  CAP_SSLPS_MASK,
  CAP_SSLPS_SHIFT,
  CAP_ZLR,
  ECAP_FSTS,
  ECAP_IRO_MASK,
  ECAP_IRO_SHIFT,
  ECAP_PASID,
  ECAP_PSS_MASK,
  ECAP_PSS_SHIFT,
  ECAP_SC,
} from "./generated/registers";
import {
  CONFIG,
  CONFIG_CAP,
  CONFIG_ECAP,
  CONFIG_HOST_ADDRESS_WIDTH,
  CONFIG_VERSION,
} from "./generated/layout";

const ALL: u64 = u64.MAX_VALUE;
const BIT_7: u64 = 1 << 7;
const BIT_11: u64 = 1 << 11;
const BITS_20_12: u64 = 0x1f_f000;
const BITS_29_12: u64 = 0x3fff_f000;
const BITS_20_13: u64 = 0x1f_e000;
const BITS_29_13: u64 = 0x3fff_e000;
const BITS_51_12: u64 = 0x000f_ffff_ffff_f000;
const BITS_51_0: u64 = 0x000f_ffff_ffff_ffff;

/** All bits above the lowest `count`. */
function above(count: u64): u64 {
  return count >= 64 ? 0 : ALL << count;
}

export class Capability {
  static cap: u64 = 0;
  static ecap: u64 = 0;
  /** Major version: VER.MAX. */
  static major: u32 = 0;
  /** Bits 63:HAW. */
  static aboveHost: u64 = 0;
  /** Bits 51:12 below HAW: the address of a paging-structure entry. */
  static hostAddress: u64 = 0;
  /** MGAW as a number of bits. */
  static guestAddressWidth: u64 = 0;
  /** Bits of a domain id above the supported number. */
  static aboveDomain: u64 = 0;
  /** Bits of a fault address above the widest address width of the unit. */
  static faultAddress: u64 = 0;
  static zeroLengthRead: bool = false;
  /** CM: what is not present or faults is cached too, until software invalidates it (§6.1). */
  static cachesFaults: bool = false;
  /** log2 of the largest page of any stage. */
  static largestPageShift: u32 = 12;

  // Reserved bits of second-stage entries (§3.7) but for IW: of tables, and of leaves by level.
  static ssTableReserved: u64 = 0;
  static ssUpperReserved: u64 = 0;
  static ssPageReserved: u64 = 0;
  static ssLargeReserved: u64 = 0;
  static ssHugeReserved: u64 = 0;
  // Reserved bits of first-stage entries (§3.6).
  static fsReserved: u64 = 0;
  static fsUpperReserved: u64 = 0;
  static fsLargeReserved: u64 = 0;
  static fsHugeReserved: u64 = 0;

  static has(bit: u64): bool {
    return (Capability.ecap & bit) != 0;
  }

  static load(): void {
    Capability.cap = load<u64>(CONFIG, CONFIG_CAP);
    Capability.ecap = load<u64>(CONFIG, CONFIG_ECAP);
    const width = <u64>load<u32>(CONFIG, CONFIG_HOST_ADDRESS_WIDTH);
    const cap = Capability.cap;
    Capability.major = (load<u32>(CONFIG, CONFIG_VERSION) >> 4) & 0xf;
    Capability.aboveHost = above(width);
    Capability.hostAddress = BITS_51_12 & ~above(width);
    Capability.guestAddressWidth = ((cap >> CAP_MGAW_SHIFT) & CAP_MGAW_MASK) + 1;
    Capability.aboveDomain = above(4 + 2 * (cap & CAP_ND_MASK)) & 0xffff;
    Capability.faultAddress = ~above(Capability.widestInput()) & ~0xfff;
    Capability.zeroLengthRead = (cap & CAP_ZLR) != 0;
    Capability.cachesFaults = (cap & CAP_CM) != 0;
    Capability.loadSecondStage(width);
    Capability.loadFirstStage(width);
    const huge = (cap & CAP_FS1GP) != 0 || (Capability.largePages & 2) != 0;
    // A first stage always has pages of 2 MiB (§3.6).
    const large = Capability.has(ECAP_FSTS) || (Capability.largePages & 1) != 0;
    Capability.largestPageShift = huge ? 30 : large ? 21 : 12;
  }

  /** Bits of the widest address that any stage translates. */
  private static widestInput(): u64 {
    const sagaw = Capability.supportedWidths;
    if ((sagaw & 8) != 0 || (Capability.cap & CAP_FS5LP) != 0) return 57;
    if ((sagaw & 4) != 0 || Capability.has(ECAP_FSTS)) return 48;
    return (sagaw & 2) != 0 ? 39 : Capability.guestAddressWidth;
  }

  private static loadSecondStage(width: u64): void {
    const address = above(width) & BITS_51_0;
    const snoop: u64 = Capability.has(ECAP_SC) ? 0 : BIT_11;
    const sizes = Capability.largePages;
    Capability.ssTableReserved = address | BIT_11;
    Capability.ssUpperReserved = address | BIT_11 | BIT_7;
    Capability.ssPageReserved = address | snoop;
    Capability.ssLargeReserved = address | snoop | BITS_20_12 | ((sizes & 1) != 0 ? 0 : BIT_7);
    Capability.ssHugeReserved = address | snoop | BITS_29_12 | ((sizes & 2) != 0 ? 0 : BIT_7);
  }

  private static loadFirstStage(width: u64): void {
    const address = above(width) & BITS_51_0;
    Capability.fsReserved = address;
    Capability.fsUpperReserved = address | BIT_7;
    Capability.fsLargeReserved = address | BITS_20_13;
    Capability.fsHugeReserved =
      address | BITS_29_13 | ((Capability.cap & CAP_FS1GP) != 0 ? 0 : BIT_7);
  }

  /** SAGAW: bit 1 39-bit, bit 2 48-bit, bit 3 57-bit. */
  static get supportedWidths(): u64 {
    return (Capability.cap >> CAP_SAGAW_SHIFT) & CAP_SAGAW_MASK;
  }

  /** SSLPS: bit 0 2 MiB, bit 1 1 GiB. */
  static get largePages(): u64 {
    return (Capability.cap >> CAP_SSLPS_SHIFT) & CAP_SSLPS_MASK;
  }

  /** Fault recording registers. */
  static get faultRecords(): u32 {
    return <u32>((Capability.cap >> CAP_NFR_SHIFT) & CAP_NFR_MASK) + 1;
  }

  /** Offset of the first fault recording register. */
  static get faultRecordOffset(): u32 {
    return (<u32>((Capability.cap >> CAP_FRO_SHIFT) & CAP_FRO_MASK)) << 4;
  }

  /** Offset of IVA_REG; IOTLB_REG follows. */
  static get invalidateOffset(): u32 {
    return (<u32>((Capability.ecap >> ECAP_IRO_SHIFT) & ECAP_IRO_MASK)) << 4;
  }

  static get rootPointerFlushes(): bool {
    return (Capability.cap & CAP_ESRTPS) != 0;
  }

  /** Bits of a PASID that the unit supports. */
  static get pasidBits(): u64 {
    return Capability.has(ECAP_PASID)
      ? ((Capability.ecap >> ECAP_PSS_SHIFT) & ECAP_PSS_MASK) + 1
      : 0;
  }

  /** Bits of input address that a second stage of this AW can translate (§3.7): min(MGAW, AGAW). */
  static inputWidth(levels: u32): u64 {
    const adjusted: u64 = <u64>(12 + 9 * levels);
    return min(Capability.guestAddressWidth, adjusted);
  }
}
