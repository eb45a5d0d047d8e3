/**
 * Performance monitoring (chapter 10, §11.4.13): counters of events. Software configures them in
 * registers, and enables, disables and freezes them by enhanced commands; all they know is in the
 * registers.
 */
import {
  ECAP_PMS,
  PERFATFLT_EN,
  PERFATFLT_OFFSET,
  PERFCAP_CS_MASK,
  PERFCAP_CS_SHIFT,
  PERFCAP_CW_MASK,
  PERFCAP_CW_SHIFT,
  PERFCAP_EGCNT_MASK,
  PERFCAP_EGCNT_SHIFT,
  PERFCAP_NCNTR_MASK,
  PERFCNTRCFG_EGI_MASK,
  PERFCNTRCFG_EGI_SHIFT,
  PERFCNTRCFG_EN,
  PERFCNTRCFG_ES_MASK,
  PERFCNTRCFG_ES_SHIFT,
  PERFCNTRCFG_GFO,
  PERFCNTRCFG_IO,
  PERFPTLFLT_OFFSET,
  PERFRIDFLT_OFFSET,
  REG_PERFCAP,
  REG_PERFCFGOFF,
  REG_PERFCNTROFF,
  REG_PERFEVNTCAP,
  REG_PERFFRZOFF,
  REG_PERFOVFOFF,
} from "./generated/registers";
import { eventFilters, FILTER_AT, FILTER_COUNT, FILTER_PTL } from "./generated/performance-events";
import { LATCH, LATCH_COUNTING } from "./generated/layout";
import { Capability } from "./capability";
import { Events } from "./events";
import { Registers } from "./register-page";

/** Bytes of the registers that configure one counter (§11.4.13.15). */
const CONFIGURATION_SIZE: i32 = 0x100;
/** An event is its group times 32 and its bit. */
const GROUP_SHIFT: u32 = 5;
const BIT_MASK: u32 = 31;

export class PerformanceMonitoring {
  /** Whether any counter counts. Derived, like all else here: `load` computes it again. */
  static active: bool = false;

  private static counters: i32 = 0;
  private static valueMask: u64 = 0;
  private static configurations: i32 = 0;
  private static values: i32 = 0;
  private static stride: i32 = 0;
  private static freezeStatus: i32 = 0;
  private static overflowStatus: i32 = 0;
  /** Counters that are enabled and not frozen, by bit. */
  private static counting: u32 = 0;

  static load(): void {
    PerformanceMonitoring.counters = 0;
    if (Capability.has(ECAP_PMS)) {
      const cap = Registers.get64(REG_PERFCAP);
      PerformanceMonitoring.counters = <i32>(cap & PERFCAP_NCNTR_MASK);
      PerformanceMonitoring.valueMask =
        ((<u64>1) << ((cap >> PERFCAP_CW_SHIFT) & PERFCAP_CW_MASK)) - 1;
      const strideCode = <i32>((cap >> PERFCAP_CS_SHIFT) & PERFCAP_CS_MASK);
      PerformanceMonitoring.stride = 1024 << strideCode;
      PerformanceMonitoring.configurations = Registers.get32(REG_PERFCFGOFF);
      PerformanceMonitoring.values = Registers.get32(REG_PERFCNTROFF);
      PerformanceMonitoring.freezeStatus = Registers.get32(REG_PERFFRZOFF);
      PerformanceMonitoring.overflowStatus = Registers.get32(REG_PERFOVFOFF);
    }
    PerformanceMonitoring.update();
  }

  /** To be called when a counter was enabled, disabled, frozen or unfrozen. */
  private static update(): void {
    let counting: u32 = 0;
    for (let counter = 0; counter < PerformanceMonitoring.counters; counter++) {
      if (PerformanceMonitoring.isEnabled(counter)) counting |= 1 << counter;
    }
    if (counting != 0) {
      counting &= ~(<u32>Registers.get64(PerformanceMonitoring.freezeStatus));
    }
    PerformanceMonitoring.counting = counting;
    PerformanceMonitoring.active = counting != 0;
    store<u32>(LATCH, counting, LATCH_COUNTING);
  }

  /** For a dry run: nothing counts until `load`. */
  static pause(): void {
    PerformanceMonitoring.active = false;
  }

  private static configuration(counter: i32): i32 {
    return PerformanceMonitoring.configurations + counter * CONFIGURATION_SIZE;
  }
  private static value(counter: i32): i32 {
    return PerformanceMonitoring.values + counter * PerformanceMonitoring.stride;
  }
  private static isEnabled(counter: i32): bool {
    const config = Registers.get64(PerformanceMonitoring.configuration(counter));
    return (config & PERFCNTRCFG_EN) != 0;
  }
  private static get everyCounter(): u64 {
    return ((<u64>1) << PerformanceMonitoring.counters) - 1;
  }

  /** Table 51: whether the register at this offset is read-only because its counter is enabled. */
  static locks(offset: i32): bool {
    if (PerformanceMonitoring.counters == 0) return false;
    const inside = offset - PerformanceMonitoring.configurations;
    if (inside < 0) return false;
    const counter = inside / CONFIGURATION_SIZE;
    return counter < PerformanceMonitoring.counters && PerformanceMonitoring.isEnabled(counter);
  }

  // ---- events ----

  /**
   * An event has occurred. `detail` is what its filter selects by, as a bit of the filter register:
   * the address type, or the level or page size.
   */
  @inline
  static count(event: u32, detail: u32 = 0): void {
    if (PerformanceMonitoring.active) PerformanceMonitoring.record(event, detail);
  }

  /** Every counter takes the event before any overflow has an effect (choice M5). */
  private static record(event: u32, detail: u32): void {
    let overflowed: u64 = 0;
    let settings: u64 = 0;
    for (let counting = PerformanceMonitoring.counting; counting != 0; counting &= counting - 1) {
      const counter = <i32>ctz(counting);
      const at = PerformanceMonitoring.configuration(counter);
      const config = Registers.get64(at);
      if (!PerformanceMonitoring.selects(at, config, event, detail)) continue;
      const value = PerformanceMonitoring.value(counter);
      const next = (Registers.get64(value) + 1) & PerformanceMonitoring.valueMask;
      Registers.set64(value, next);
      if (next != 0) continue;
      overflowed |= (<u64>1) << counter;
      settings |= config;
    }
    if (overflowed != 0) PerformanceMonitoring.overflow(overflowed, settings);
  }

  private static selects(at: i32, config: u64, event: u32, detail: u32): bool {
    if (PerformanceMonitoring.group(config) != event >> GROUP_SHIFT) return false;
    if (((PerformanceMonitoring.events(config) >> (event & BIT_MASK)) & 1) == 0) return false;
    const filters = eventFilters(event);
    if ((filters & FILTER_AT) != 0) {
      return PerformanceMonitoring.passes(at + PERFATFLT_OFFSET, detail);
    }
    if ((filters & FILTER_PTL) != 0) {
      return PerformanceMonitoring.passes(at + PERFPTLFLT_OFFSET, detail);
    }
    return true;
  }

  private static group(config: u64): u32 {
    return <u32>((config >> PERFCNTRCFG_EGI_SHIFT) & PERFCNTRCFG_EGI_MASK);
  }
  private static events(config: u64): u32 {
    return <u32>((config >> PERFCNTRCFG_ES_SHIFT) & PERFCNTRCFG_ES_MASK);
  }
  /** EN is the same bit in every filter register. */
  private static passes(filter: i32, detail: u32): bool {
    const selected = Registers.get32(filter);
    return (selected & PERFATFLT_EN) == 0 || (selected & detail) != 0;
  }

  /** §10.3.1, §10.6; `settings` are GFO and IO of all that overflowed. */
  private static overflow(counters: u64, settings: u64): void {
    const status = PerformanceMonitoring.overflowStatus;
    Registers.set64(status, Registers.get64(status) | counters);
    if ((settings & PERFCNTRCFG_GFO) != 0) PerformanceMonitoring.freeze();
    if ((settings & PERFCNTRCFG_IO) != 0) Events.counterOverflowed();
  }

  // ---- commands (Table 52) ----

  /** False if a check of §10.5 fails. */
  static enable(counter: u64): bool {
    if (counter >= <u64>PerformanceMonitoring.counters) return false;
    const at = PerformanceMonitoring.configuration(<i32>counter);
    const config = Registers.get64(at);
    if (!PerformanceMonitoring.isCountable(at, config)) return false;
    Registers.set64(at, config | PERFCNTRCFG_EN);
    PerformanceMonitoring.update();
    return true;
  }

  /** §10.5: events of one group that the unit counts, and of filters those that the event takes. */
  private static isCountable(at: i32, config: u64): bool {
    const group = PerformanceMonitoring.group(config);
    const events = PerformanceMonitoring.events(config);
    const groups = (Registers.get64(REG_PERFCAP) >> PERFCAP_EGCNT_SHIFT) & PERFCAP_EGCNT_MASK;
    if (<u64>group >= groups || events == 0) return false;
    const supported = <u32>Registers.get64(REG_PERFEVNTCAP + ((<i32>group) << 3));
    if ((events & ~supported) != 0) return false;
    const filters = PerformanceMonitoring.enabledFilters(at);
    if (filters == 0) return true;
    if (popcnt(events) > 1) return false;
    return (filters & ~eventFilters((group << GROUP_SHIFT) | ctz(events))) == 0;
  }

  /** The filter registers of a counter lie in the order of their support bits in PERFCAP. */
  private static enabledFilters(at: i32): u32 {
    let enabled: u32 = 0;
    for (let filter = 0; filter < FILTER_COUNT; filter++) {
      const selected = Registers.get32(at + PERFRIDFLT_OFFSET + (filter << 2));
      if ((selected & PERFATFLT_EN) != 0) enabled |= 1 << filter;
    }
    return enabled;
  }

  /** §11.4.13.12: a counter that is disabled is not frozen either. False if there is no such counter. */
  static disable(counter: u64): bool {
    if (counter >= <u64>PerformanceMonitoring.counters) return false;
    const at = PerformanceMonitoring.configuration(<i32>counter);
    Registers.set64(at, Registers.get64(at) & ~PERFCNTRCFG_EN);
    const frozen = Registers.get64(PerformanceMonitoring.freezeStatus);
    Registers.set64(PerformanceMonitoring.freezeStatus, frozen & ~((<u64>1) << counter));
    PerformanceMonitoring.update();
    return true;
  }

  /** §10.2: configuration, filters, freeze and overflow status. */
  static resetConfiguration(): void {
    for (let counter = 0; counter < PerformanceMonitoring.counters; counter++) {
      const at = PerformanceMonitoring.configuration(counter);
      Registers.set64(at, 0);
      for (let filter = 0; filter < FILTER_COUNT; filter++) {
        Registers.set32(at + PERFRIDFLT_OFFSET + (filter << 2), 0);
      }
    }
    Registers.set64(PerformanceMonitoring.freezeStatus, 0);
    Registers.set64(PerformanceMonitoring.overflowStatus, 0);
    PerformanceMonitoring.update();
  }

  static resetValues(): void {
    for (let counter = 0; counter < PerformanceMonitoring.counters; counter++) {
      Registers.set64(PerformanceMonitoring.value(counter), 0);
    }
  }

  static freeze(): void {
    Registers.set64(PerformanceMonitoring.freezeStatus, PerformanceMonitoring.everyCounter);
    PerformanceMonitoring.update();
  }

  static unfreeze(): void {
    Registers.set64(PerformanceMonitoring.freezeStatus, 0);
    PerformanceMonitoring.update();
  }
}
