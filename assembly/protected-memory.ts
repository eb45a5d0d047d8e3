/**
 * Protected memory regions (§11.4.8): host physical memory that no DMA reaches, with translation or
 * without. The unit's own accesses to its structures are not checked.
 */
import {
  CAP_PHMR,
  CAP_PLMR,
  PHMLIMIT_PHML_FIELD,
  PLMLIMIT_PLML_FIELD,
  PMEN_EPM,
  PMEN_PRS,
  REG_PHMBASE,
  REG_PHMLIMIT,
  REG_PLMBASE,
  REG_PLMLIMIT,
  REG_PMEN,
} from "./generated/registers";
import { LATCH, LATCH_PROTECTION_BARRIER } from "./generated/layout";
import { Capability } from "./capability";
import { InFlight } from "./in-flight";
import { Registers } from "./register-page";

export class ProtectedMemory {
  /** PMEN.EPM: requests that begin now are checked. Derived; `load` computes it again. */
  static active: bool = false;

  /** Without the capability the offset is reserved, and may be another register's. */
  static get exists(): bool {
    return (Capability.cap & (CAP_PLMR | CAP_PHMR)) != 0;
  }

  static load(): void {
    ProtectedMemory.active = ProtectedMemory.exists && (Registers.get32(REG_PMEN) & PMEN_EPM) != 0;
  }

  /** Software wrote PMEN. Only enabling has requests in flight to wait for. */
  static written(): void {
    const before = ProtectedMemory.active;
    ProtectedMemory.load();
    if (ProtectedMemory.active == before) return;
    if (ProtectedMemory.active) store<u64>(LATCH, InFlight.drain(), LATCH_PROTECTION_BARRIER);
    else Registers.set32(REG_PMEN, Registers.get32(REG_PMEN) & ~PMEN_PRS);
    ProtectedMemory.continue();
  }

  /** EPM was set, and requests that were in flight have not ended yet. */
  static get isEnabling(): bool {
    return ProtectedMemory.active && (Registers.get32(REG_PMEN) & PMEN_PRS) == 0;
  }

  /** Sets PRS when the requests have ended that were in flight when EPM was set. */
  static continue(): void {
    if (!ProtectedMemory.active) return;
    if (!InFlight.hasDrained(load<u64>(LATCH, LATCH_PROTECTION_BARRIER))) return;
    Registers.set32(REG_PMEN, Registers.get32(REG_PMEN) | PMEN_PRS);
  }

  /** From major version 2 on; before, remapped requests reach protected memory. */
  static get coversRemapped(): bool {
    return Capability.major >= 2;
  }

  /** Whether a host physical address lies in a protected region. */
  static has(address: u64): bool {
    return ProtectedMemory.inLowRegion(address) || ProtectedMemory.inHighRegion(address);
  }

  private static inLowRegion(address: u64): bool {
    if ((Capability.cap & CAP_PLMR) == 0) return false;
    const base = Registers.get32(REG_PLMBASE);
    const limit = Registers.get32(REG_PLMLIMIT) | ~PLMLIMIT_PLML_FIELD;
    return address >= <u64>base && address <= <u64>limit;
  }

  private static inHighRegion(address: u64): bool {
    if ((Capability.cap & CAP_PHMR) == 0) return false;
    // §11.4.8.4: bits from HAW up are ignored.
    const base = Registers.get64(REG_PHMBASE) & ~Capability.aboveHost;
    const limit = (Registers.get64(REG_PHMLIMIT) | ~PHMLIMIT_PHML_FIELD) & ~Capability.aboveHost;
    return address >= base && address <= limit;
  }
}
