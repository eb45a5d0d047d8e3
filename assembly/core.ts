/**
 * The exports of the unit. Every one takes 32-bit integers and answers exactly one, so that engines
 * and languages that cannot do more can drive it; what is wider passes through the result block
 * (host/core/layout.ts). The state is one block of linear memory.
 */
import * as Layout from "./generated/layout";
import { ECAP_DT, ECAP_QI } from "./generated/registers";
import { Answer, BLOCKED, DROPPED, OK, UNSUPPORTED_REQUEST } from "./answer";
import { Ats } from "./ats";
import {
  Cache,
  CONTEXT_CACHE,
  FIRST_STAGE_CACHE,
  INTERRUPT_ENTRY_CACHE,
  IOTLB,
  PASID_CACHE,
  SECOND_STAGE_CACHE,
} from "./cache";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { DeviceTlb, NEVER } from "./device-tlb";
import { Explain } from "./explain";
import { FaultRecording } from "./fault-recording";
import { GlobalCommand } from "./global-command";
import { InFlight } from "./in-flight";
import { Invalidation } from "./invalidation";
import {
  INTERRUPT_CACHE_ENTRY_SIZE,
  INTERRUPT_CACHE_LISTS,
  InterruptEntryCache,
} from "./interrupt-entry-cache";
import { InterruptRemapping } from "./interrupt-remapping";
import { InvalidationQueue } from "./invalidation-queue";
import { IOTLB_ENTRY_SIZE, IOTLB_LISTS } from "./iotlb";
import { Latch, MODE_OFF } from "./latch";
import { Memory } from "./memory";
import { Outbox } from "./outbox";
import { PageRequestQueue } from "./page-request-queue";
import {
  FIRST_STAGE_CACHE_LISTS,
  PAGING_CACHE_ENTRY_SIZE,
  SECOND_STAGE_CACHE_LISTS,
} from "./paging-cache";
import { PASID_CACHE_ENTRY_SIZE, PASID_CACHE_LISTS } from "./pasid-table";
import { PerformanceMonitoring } from "./performance-monitoring";
import { ProtectedMemory } from "./protected-memory";
import { ReadAhead } from "./read-ahead";
import { Registers } from "./register-page";
import { RegisterAccess } from "./registers";
import { RegisterInvalidation } from "./register-invalidation";
import { CONTEXT_CACHE_ENTRY_SIZE, CONTEXT_CACHE_LISTS } from "./root-context";
import { Untranslated } from "./untranslated";

const TOO_MANY_IN_FLIGHT: i32 = -1;

function joined(low: i32, high: i32): u64 {
  return ((<u64>(<u32>high)) << 32) | (<u64>(<u32>low));
}

export function abiVersion(): i32 {
  return Layout.ABI_VERSION;
}

/** Address of the configuration block, which the host fills before `configure`. */
export function configuration(): i32 {
  return Layout.CONFIG;
}

/** Lays out the caches as the configuration asks; answers the first byte behind the state. */
export function configure(): i32 {
  const config = Layout.CONFIG;
  let end: u32 = Layout.CACHES;
  end = Cache.configure(
    CONTEXT_CACHE,
    end,
    load<u32>(config, Layout.CONFIG_CONTEXT_ENTRIES),
    CONTEXT_CACHE_ENTRY_SIZE,
    CONTEXT_CACHE_LISTS,
  );
  end = Cache.configure(
    PASID_CACHE,
    end,
    load<u32>(config, Layout.CONFIG_PASID_ENTRIES),
    PASID_CACHE_ENTRY_SIZE,
    PASID_CACHE_LISTS,
  );
  end = Cache.configure(
    IOTLB,
    end,
    load<u32>(config, Layout.CONFIG_IOTLB_ENTRIES),
    IOTLB_ENTRY_SIZE,
    IOTLB_LISTS,
  );
  end = Cache.configure(
    FIRST_STAGE_CACHE,
    end,
    load<u32>(config, Layout.CONFIG_FIRST_STAGE_PAGING_ENTRIES),
    PAGING_CACHE_ENTRY_SIZE,
    FIRST_STAGE_CACHE_LISTS,
  );
  end = Cache.configure(
    SECOND_STAGE_CACHE,
    end,
    load<u32>(config, Layout.CONFIG_SECOND_STAGE_PAGING_ENTRIES),
    PAGING_CACHE_ENTRY_SIZE,
    SECOND_STAGE_CACHE_LISTS,
  );
  end = Cache.configure(
    INTERRUPT_ENTRY_CACHE,
    end,
    load<u32>(config, Layout.CONFIG_INTERRUPT_ENTRIES),
    INTERRUPT_CACHE_ENTRY_SIZE,
    INTERRUPT_CACHE_LISTS,
  );
  store<u32>(config, end, Layout.CONFIG_STATE_END);
  return <i32>end;
}

/** Pages of 64 KiB to add; answers the former size in pages, or -1. For hosts that cannot grow memory. */
export function growMemory(pages: i32): i32 {
  return memory.grow(pages);
}

/** The word at a multiple of 4 in linear memory. For hosts that cannot look into it. */
export function peek32(address: i32): i32 {
  return load<i32>(<usize>address);
}

/** Replaces the word at a multiple of 4; answers the one that was there. */
export function poke32(address: i32, value: i32): i32 {
  const former = load<i32>(<usize>address);
  store<i32>(<usize>address, value);
  return former;
}

/** §11.3: 0 power-good, 1 warm (sticky bits stay). */
export function reset(kind: i32): i32 {
  loadState();
  const warm = kind != 0;
  Registers.reset(warm);
  ProtectedMemory.load();
  PerformanceMonitoring.load();
  memory.fill(Layout.LATCH, 0, Layout.LATCH_SIZE);
  Outbox.clear();
  InFlight.clear();
  DeviceTlb.clear();
  Invalidation.all();
  InterruptEntryCache.clear();
  Latch.updateMode();
  FaultRecording.updatePending();
  if (!warm) Counters.clear();
  return 0;
}

/** To be called when the host has put another state block in place: derived values follow it. */
export function loadState(): i32 {
  Capability.load();
  ProtectedMemory.load();
  PerformanceMonitoring.load();
  Memory.configure();
  return 0;
}

/** Answers 0, or what is wrong: 1 outside the page, 2 unaligned, 3 wrong size. Value: RESULT_VALUE. */
export function readRegister(offset: i32, size: i32): i32 {
  return RegisterAccess.read(<u32>offset, <u32>size);
}

export function writeRegister(offset: i32, size: i32, low: i32, high: i32): i32 {
  return RegisterAccess.write(<u32>offset, <u32>size, joined(low, high));
}

/** An untranslated request; `access` as in request.ts. Answers the status; the rest is in RESULT. */
export function translate(sourceId: i32, pasid: i32, low: i32, high: i32, access: i32): i32 {
  return <i32>Untranslated.single(<u32>sourceId, <u32>pasid, joined(low, high), <u32>access);
}

/** A batch of records at an address of linear memory; answers how many did not translate. */
export function translateBatch(records: i32, count: i32): i32 {
  return <i32>Untranslated.batch(<usize>records, <u32>count);
}

/**
 * 1: batches read entries of page tables ahead (read-ahead.ts); 0 as after instantiation: they do not.
 * No answer depends on it. Only for guest memory whose reads have no effect.
 */
export function readAhead(allowed: i32): i32 {
  ReadAhead.allowed = allowed != 0;
  return 0;
}

/**
 * Like `translate`, and the request stays in flight until `endAccess` of the token in RESULT_TOKEN
 * (0 if the request was not translated). -1 if no more requests can be in flight.
 */
export function beginAccess(sourceId: i32, pasid: i32, low: i32, high: i32, access: i32): i32 {
  if (!InFlight.hasRoom) return TOO_MANY_IN_FLIGHT;
  const status = translate(sourceId, pasid, low, high, access);
  if (status == OK) Answer.token(InFlight.begin());
  return status;
}

/** 1 if the request was in flight; what waited for it goes on. */
export function endAccess(token: i32): i32 {
  if (!InFlight.end(<u32>token)) return 0;
  GlobalCommand.continue();
  ProtectedMemory.continue();
  RegisterInvalidation.continue();
  InvalidationQueue.run();
  return 1;
}

export function requestTranslation(
  sourceId: i32,
  pasid: i32,
  low: i32,
  high: i32,
  access: i32,
): i32 {
  return <i32>Ats.translationRequest(<u32>sourceId, <u32>pasid, joined(low, high), <u32>access);
}

export function translateTranslated(
  sourceId: i32,
  pasid: i32,
  low: i32,
  high: i32,
  access: i32,
): i32 {
  return <i32>Ats.translatedRequest(<u32>sourceId, <u32>pasid, joined(low, high), <u32>access);
}

/** `flags`: bits 0 read, 1 write, 2 last, 3 execute, 4 privileged; 24:16 group. */
export function requestPage(sourceId: i32, pasid: i32, low: i32, high: i32, flags: i32): i32 {
  return <i32>PageRequestQueue.receive(<u32>sourceId, <u32>pasid, joined(low, high), <u32>flags);
}

/** An interrupt request; `address` is the lower half of its address. */
export function remapInterrupt(sourceId: i32, address: i32, data: i32): i32 {
  return <i32>InterruptRemapping.remap(<u32>sourceId, <u32>address, <u32>data);
}

/** An Invalidate Completion message; 0 if it was awaited. A UR with translation disabled (§4.2.1). */
export function completeInvalidation(sourceId: i32, itag: i32): i32 {
  if (Latch.mode == MODE_OFF || !Capability.has(ECAP_DT)) {
    Answer.blocked(UNSUPPORTED_REQUEST);
    return BLOCKED;
  }
  const awaited = DeviceTlb.complete(<u32>sourceId, <u32>itag);
  InvalidationQueue.run();
  return awaited ? OK : DROPPED;
}

/** Lets the explicit clock run for that many ticks. */
export function advance(low: i32, high: i32): i32 {
  Latch.now = Latch.now + joined(low, high);
  DeviceTlb.expire();
  return 0;
}

/** Ticks until the next time-out in RESULT_VALUE; answers 1 if there is one. */
export function nextDeadline(): i32 {
  const ticks = DeviceTlb.ticksToTimeout;
  if (ticks == NEVER) return 0;
  Answer.value(<u64>ticks);
  return 1;
}

/** After the outbox was drained: goes on with what stopped for want of room; 1 if it stopped again. */
export function resume(): i32 {
  if (Capability.has(ECAP_QI)) InvalidationQueue.run();
  return load<i32>(Layout.LATCH, Layout.LATCH_MORE_WORK);
}

/**
 * 0 as ever; 1 a dry run: fetches and hits go to the outbox, guest memory is not written; 2 they go to the outbox, and
 * all else is as ever.
 */
export function explain(mode: i32): i32 {
  Explain.active = mode != 0;
  Explain.dry = mode == 1;
  if (Explain.dry) PerformanceMonitoring.pause();
  else PerformanceMonitoring.load();
  return mode;
}
