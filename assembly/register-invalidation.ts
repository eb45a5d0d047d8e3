/** Register-based invalidation (§6.5.1, §11.4.6): serviced below major version 6, in legacy mode. */
import {
  CAP_DRD,
  CAP_DWD,
  CAP_MAMV_MASK,
  CAP_MAMV_SHIFT,
  CAP_PSI,
  CCMD_CAIG_FIELD,
  CCMD_CAIG_SHIFT,
  CCMD_CIRG_DEVICE,
  CCMD_CIRG_DOMAIN,
  CCMD_CIRG_MASK,
  CCMD_CIRG_RESERVED,
  CCMD_CIRG_SHIFT,
  CCMD_DID_MASK,
  CCMD_DID_SHIFT,
  CCMD_FM_MASK,
  CCMD_FM_SHIFT,
  CCMD_ICC,
  CCMD_SID_MASK,
  CCMD_SID_SHIFT,
  IOTLB_DID_MASK,
  IOTLB_DID_SHIFT,
  IOTLB_DR,
  IOTLB_DW,
  IOTLB_IAIG_FIELD,
  IOTLB_IAIG_SHIFT,
  IOTLB_IIRG_DOMAIN,
  IOTLB_IIRG_GLOBAL,
  IOTLB_IIRG_MASK,
  IOTLB_IIRG_PAGE,
  IOTLB_IIRG_SHIFT,
  IOTLB_IVT,
  IVA_ADDR_FIELD,
  IVA_AM_MASK,
  IVA_IH,
  REG_CCMD,
  RTADDR_TTM_LEGACY,
} from "./generated/registers";
import { LATCH, LATCH_IOTLB_BARRIER } from "./generated/layout";
import { Capability } from "./capability";
import { InFlight } from "./in-flight";
import { Invalidation } from "./invalidation";
import { Latch } from "./latch";
import { Registers } from "./register-page";
import { WriteBuffer } from "./write-buffer";

const REFUSED: u64 = 0;

export class RegisterInvalidation {
  private static get isServiced(): bool {
    return Capability.major < 6 && Latch.tableMode == RTADDR_TTM_LEGACY;
  }

  /** CCMD was written with ICC set. `written` has the fields that read back as 0. */
  static context(written: u64): void {
    let done = REFUSED;
    const granularity = (written >> CCMD_CIRG_SHIFT) & CCMD_CIRG_MASK;
    if (RegisterInvalidation.isServiced && granularity != CCMD_CIRG_RESERVED) {
      WriteBuffer.flush();
      const domain =
        (<u32>((written >> CCMD_DID_SHIFT) & CCMD_DID_MASK)) & ~(<u32>Capability.aboveDomain);
      if (granularity == CCMD_CIRG_DEVICE) {
        Invalidation.contextDevice(
          <u32>((written >> CCMD_SID_SHIFT) & CCMD_SID_MASK),
          <u32>((written >> CCMD_FM_SHIFT) & CCMD_FM_MASK),
          domain,
        );
      } else if (granularity == CCMD_CIRG_DOMAIN) {
        Invalidation.contextDomain(domain);
      } else {
        Invalidation.contextGlobal();
      }
      done = granularity;
    }
    const value = Registers.get64(REG_CCMD) & ~(CCMD_ICC | CCMD_CAIG_FIELD);
    Registers.set64(REG_CCMD, value | (done << CCMD_CAIG_SHIFT));
  }

  /** IOTLB_REG was written with IVT set; `address` is what IVA_REG was given. */
  static iotlb(address: u64): void {
    const register = <i32>Capability.invalidateOffset + 8;
    const value = Registers.get64(register);
    const done = RegisterInvalidation.isServiced
      ? RegisterInvalidation.invalidate(value, address)
      : REFUSED;
    if (done != REFUSED) WriteBuffer.flush();
    const started = (value & ~IOTLB_IAIG_FIELD) | (done << IOTLB_IAIG_SHIFT);
    const drains = done != REFUSED && RegisterInvalidation.asksForDrain(value);
    if (drains) store<u64>(LATCH, InFlight.drain(), LATCH_IOTLB_BARRIER);
    Registers.set64(register, drains ? started : started & ~IOTLB_IVT);
    RegisterInvalidation.continue();
  }

  /** §6.5.4: before major version 2 requests are drained where software asks for it. */
  private static asksForDrain(value: u64): bool {
    const reads = (value & IOTLB_DR) != 0 && (Capability.cap & CAP_DRD) != 0;
    const writes = (value & IOTLB_DW) != 0 && (Capability.cap & CAP_DWD) != 0;
    return Capability.major >= 2 || reads || writes;
  }

  /** Completes an IOTLB invalidation that waited for requests in flight (choice C3). */
  static continue(): void {
    if (!InFlight.hasDrained(load<u64>(LATCH, LATCH_IOTLB_BARRIER))) return;
    const register = <i32>Capability.invalidateOffset + 8;
    Registers.set64(register, Registers.get64(register) & ~IOTLB_IVT);
  }

  /** The granularity that was done. */
  private static invalidate(value: u64, address: u64): u64 {
    const granularity = (value >> IOTLB_IIRG_SHIFT) & IOTLB_IIRG_MASK;
    const domain =
      (<u32>((value >> IOTLB_DID_SHIFT) & IOTLB_DID_MASK)) & ~(<u32>Capability.aboveDomain);
    if (granularity == IOTLB_IIRG_GLOBAL) {
      Invalidation.translations();
    } else if (granularity == IOTLB_IIRG_DOMAIN) {
      Invalidation.domain(domain);
    } else if (granularity == IOTLB_IIRG_PAGE) {
      const addressMask = address & IVA_AM_MASK;
      if ((Capability.cap & CAP_PSI) == 0) return REFUSED;
      if (addressMask > ((Capability.cap >> CAP_MAMV_SHIFT) & CAP_MAMV_MASK)) return REFUSED;
      const leafOnly = (address & IVA_IH) != 0;
      Invalidation.domainPages(domain, address & IVA_ADDR_FIELD, <u32>addressMask, leafOnly);
    } else {
      return REFUSED;
    }
    return granularity;
  }
}
