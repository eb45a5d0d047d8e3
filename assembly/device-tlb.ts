/** Device-TLB invalidations outstanding, by ITag, with their time-outs (§4.3, §6.5.2.5, §6.5.2.11). */
import {
  CONFIG,
  CONFIG_INVALIDATION_TIMEOUT,
  COUNT_DEVICE_TLB_INVALIDATIONS,
  ITAG,
  ITAG_COUNT,
  ITAG_DEADLINE,
  ITAG_PENDING,
  ITAG_PFSID,
  ITAG_SIZE,
  ITAG_SOURCE_ID,
  LATCH,
  LATCH_NEXT_ITAG,
  LATCH_PENDING_INVALIDATIONS,
} from "./generated/layout";
import {
  FSTS_ICE,
  FSTS_ITE,
  IQERCD_ICESID_FIELD,
  IQERCD_ICESID_SHIFT,
  IQERCD_ITESID_FIELD,
  IQERCD_ITESID_SHIFT,
  REG_FSTS,
  REG_IQERCD,
} from "./generated/registers";
import { Counters } from "./counters";
import { Events } from "./events";
import { Latch } from "./latch";
import { Outbox } from "./outbox";
import { PendingWait } from "./pending-wait";
import { Registers } from "./register-page";

const ITAG_MASK: u32 = ITAG_COUNT - 1;
export const NEVER: i64 = i64.MAX_VALUE;

export class DeviceTlb {
  private static slot(itag: u32): usize {
    return <usize>(ITAG + <i32>itag * ITAG_SIZE);
  }
  private static isPending(itag: u32): bool {
    return load<u32>(DeviceTlb.slot(itag), ITAG_PENDING) != 0;
  }
  /** Not positive when overdue. A difference, because the clock may wrap around. */
  private static ticksLeft(itag: u32): i64 {
    return <i64>(load<u64>(DeviceTlb.slot(itag), ITAG_DEADLINE) - Latch.now);
  }

  static clear(): void {
    memory.fill(ITAG, 0, ITAG_COUNT * ITAG_SIZE);
    store<u32>(LATCH, 0, LATCH_PENDING_INVALIDATIONS);
    store<u32>(LATCH, 0, LATCH_NEXT_ITAG);
  }

  /** Invalidations that the devices have not completed yet. */
  static get pending(): u32 {
    return load<u32>(LATCH, LATCH_PENDING_INVALIDATIONS);
  }

  /**
   * Whether one more invalidation may be sent now: an ITag is free, and the physical function has
   * fewer than `limit` outstanding (MIP with DIT, §6.5.2.5; 0 stands for 32).
   */
  static maySend(physicalFunction: u32, limit: u32): bool {
    if (DeviceTlb.pending == <u32>ITAG_COUNT) return false;
    if (limit == 0) return true;
    let outstanding: u32 = 0;
    for (let itag: u32 = 0; itag < <u32>ITAG_COUNT; itag++) {
      const slot = DeviceTlb.slot(itag);
      if (load<u32>(slot, ITAG_PENDING) != 0 && load<u32>(slot, ITAG_PFSID) == physicalFunction) {
        outstanding++;
      }
    }
    return outstanding < limit;
  }

  /** Sends an Invalidate Request; `flags`: bit 0 S, bit 1 global. */
  static send(sourceId: u32, pasid: u32, address: u64, flags: u32, physicalFunction: u32): void {
    let itag = load<u32>(LATCH, LATCH_NEXT_ITAG);
    while (DeviceTlb.isPending(itag)) itag = (itag + 1) & ITAG_MASK;
    store<u32>(LATCH, (itag + 1) & ITAG_MASK, LATCH_NEXT_ITAG);
    const slot = DeviceTlb.slot(itag);
    const timeout = load<u64>(CONFIG, CONFIG_INVALIDATION_TIMEOUT);
    store<u32>(slot, 1, ITAG_PENDING);
    store<u32>(slot, sourceId, ITAG_SOURCE_ID);
    store<u32>(slot, physicalFunction, ITAG_PFSID);
    store<u64>(slot, Latch.now + timeout, ITAG_DEADLINE);
    store<u32>(LATCH, DeviceTlb.pending + 1, LATCH_PENDING_INVALIDATIONS);
    Counters.add(COUNT_DEVICE_TLB_INVALIDATIONS);
    Outbox.deviceTlbInvalidate(sourceId, pasid, address, flags, itag);
  }

  private static release(itag: u32): void {
    store<u32>(DeviceTlb.slot(itag), 0, ITAG_PENDING);
    store<u32>(LATCH, DeviceTlb.pending - 1, LATCH_PENDING_INVALIDATIONS);
  }

  /** An Invalidate Completion has come. False if nobody waits for it: then ICE is reported. */
  static complete(sourceId: u32, itag: u32): bool {
    const known = itag < <u32>ITAG_COUNT && DeviceTlb.isPending(itag);
    if (known && load<u32>(DeviceTlb.slot(itag), ITAG_SOURCE_ID) == sourceId) {
      DeviceTlb.release(itag);
      return true;
    }
    if ((Registers.get32(REG_FSTS) & FSTS_ICE) == 0) {
      const record = Registers.get64(REG_IQERCD) & ~IQERCD_ICESID_FIELD;
      Registers.set64(REG_IQERCD, record | ((<u64>sourceId) << IQERCD_ICESID_SHIFT));
      Events.faultStatus(FSTS_ICE);
    }
    return false;
  }

  /** Ticks until the next invalidation times out; NEVER if none is outstanding. */
  static get ticksToTimeout(): i64 {
    let least = NEVER;
    if (DeviceTlb.pending == 0) return least;
    for (let itag: u32 = 0; itag < <u32>ITAG_COUNT; itag++) {
      if (DeviceTlb.isPending(itag)) least = min(least, DeviceTlb.ticksLeft(itag));
    }
    return least;
  }

  /** Gives up what is overdue, earliest first; ITE and ITESID tell of the first. */
  static expire(): void {
    while (DeviceTlb.ticksToTimeout <= 0) {
      const due = DeviceTlb.ticksToTimeout;
      for (let itag: u32 = 0; itag < <u32>ITAG_COUNT; itag++) {
        if (!DeviceTlb.isPending(itag) || DeviceTlb.ticksLeft(itag) != due) continue;
        DeviceTlb.release(itag);
        DeviceTlb.reportTimeout(load<u32>(DeviceTlb.slot(itag), ITAG_SOURCE_ID));
      }
    }
  }

  private static reportTimeout(sourceId: u32): void {
    if ((Registers.get32(REG_FSTS) & FSTS_ITE) != 0) return;
    const record = Registers.get64(REG_IQERCD) & ~IQERCD_ITESID_FIELD;
    Registers.set64(REG_IQERCD, record | ((<u64>sourceId) << IQERCD_ITESID_SHIFT));
    // §6.5.2.11: pending waits are aborted, and not fetched again (implementation choice C11).
    PendingWait.drop();
    Events.faultStatus(FSTS_ITE);
  }
}
