import type { MemoryPort } from "../memory/port.js";
import type { AccessesInFlight } from "./accesses-in-flight.js";
import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { DeviceTlbRequests } from "./device-tlb-requests.js";
import { drains, type DrainFlags } from "./drain-flags.js";
import type { EventInterface } from "./event-interface.js";
import type { FaultReporting } from "./fault-reporting.js";
import { tableModeOf, type Latches } from "./global-commands.js";
import { decodeDescriptor, IQEI, type QueueError, type Work } from "./invalidation-descriptors.js";
import type { Outbox } from "./outbox.js";
import type { RegisterFile } from "./register-file.js";

/** What the queue works with and on. */
export interface QueueSurroundings {
  readonly unit: UnitCapabilities;
  readonly memory: MemoryPort;
  readonly registers: RegisterFile;
  readonly inFlight: AccessesInFlight;
  readonly deviceTlbs: DeviceTlbRequests;
  readonly faults: FaultReporting;
  /** The invalidation completion event. */
  readonly event: EventInterface;
  readonly outbox: Outbox;
}

/** Table modes (RTADDR_REG.TTM). */
const [LEGACY, SCALABLE, RESERVED, ABORT_DMA] = [0, 1, 2, 3] as const;

const PAGE_BYTES = 4096n;

/** A wait that has been fetched. */
type Wait = Work & { readonly kind: "wait" };

/**
 * The invalidation queue (§6.5.2): descriptors in order, one at a time. Behind a wait it fetches nothing while
 * device-TLB invalidations are outstanding or accesses must be drained, by whatever asked for it, and it holds at a
 * device-TLB invalidation while no ITag is free, or MIP is reached (implementation choice C6).
 */
export class InvalidationQueue {
  readonly #around: QueueSurroundings;
  #latches: Latches;
  #running = false;
  /** IQH is behind it. */
  #pendingWait: Wait | undefined;

  constructor(around: QueueSurroundings, latches: Latches) {
    this.#around = around;
    this.#latches = latches;
  }

  /** A command latched something. A queue that is enabled starts before the next command does (C1). */
  latched(latches: Latches): void {
    const starts = this.#latches.invalidationQueue === undefined;
    this.#latches = latches;
    if (latches.invalidationQueue === undefined) this.abortWait();
    if (starts) this.run();
  }

  /** Fetches and executes as long as it can. */
  run(): void {
    if (this.#running) return;
    this.#running = true;
    while (this.#step());
    this.#running = false;
  }

  /** A time-out (§6.5.2.11), a reset, or a queue that is disabled (implementation choice C14). */
  abortWait(): void {
    this.#pendingWait = undefined;
  }

  /** True if a descriptor was executed, and the next may be. */
  #step(): boolean {
    const { registers } = this.#around;
    if (this.#pendingWait !== undefined && !this.#completePending(this.#pendingWait)) return false;
    const queue = this.#latches.invalidationQueue;
    if (queue === undefined) return false;
    if (registers.flag("FSTS", "IQE") || registers.flag("FSTS", "ITE")) return false;
    const head = registers.value("IQH");
    if (head === registers.value("IQT")) return false;

    const outcome = this.#checkQueue(queue) ?? this.#fetch(queue, head);
    if (typeof outcome === "number") {
      registers.setField("IQERCD", "IQEI", BigInt(outcome));
      this.#around.faults.raise("IQE");
      return false;
    }
    if (!this.#execute(outcome)) return false;
    registers.setValue("IQH", (head + descriptorBytes(queue)) % queueBytes(queue));
    return true;
  }

  /** What is wrong with the queue itself: mode, width, tail. */
  #checkQueue(queue: bigint): QueueError | undefined {
    const { unit, registers } = this.#around;
    const mode = tableModeOf(this.#latches);
    const wide = isWide(queue);
    if (mode === RESERVED) return IQEI.mode;
    if (!wide && (mode === SCALABLE || mode === ABORT_DMA)) return IQEI.width;
    if (wide && !unit.SMTS && !unit.ADMS) return IQEI.width;
    const tail = registers.value("IQT");
    if (tail >= queueBytes(queue)) return IQEI.tail;
    return wide && bitIsSet(tail, 4) ? IQEI.alignment : undefined;
  }

  #fetch(queue: bigint, head: bigint): Work | QueueError {
    const { unit, memory } = this.#around;
    const address = (queue & maskOf(unit.HAW - 1, 12)) + head;
    let descriptor = 0n;
    for (let offset = 0n; offset < descriptorBytes(queue); offset += 8n) {
      const word = memory.read64(address + offset);
      if (word === undefined) return IQEI.fetch;
      descriptor |= word << (8n * offset);
    }
    return decodeDescriptor(unit, descriptor, tableModeOf(this.#latches) === LEGACY);
  }

  /** False if the descriptor has to wait. */
  #execute(work: Work): boolean {
    const { deviceTlbs, outbox } = this.#around;
    switch (work.kind) {
      case "nothing":
        return true;
      case "drain":
        this.#drain(work.flags);
        return true;
      case "device-tlb": {
        const itag = deviceTlbs.begin(work.request.sourceId, work.throttle);
        if (itag === undefined) return false;
        outbox.send("deviceTlbInvalidate", { ...work.request, itag });
        return true;
      }
      case "wait":
        this.#pendingWait = work;
        return true;
      case "response":
        outbox.send("pageGroupResponse", work.response);
        return true;
    }
  }

  /** Accesses in flight that the next wait must see ended (§6.5.4). */
  #drain(flags: DrainFlags | undefined): void {
    const { unit, inFlight } = this.#around;
    if (flags !== undefined && !drains(unit, flags)) return;
    inFlight.drain(() => undefined);
  }

  /**
   * §6.5.2.9; false if it still has to wait. Page requests are written to their queue at once, so that PD
   * finds none on the way.
   */
  #completePending({ interrupt, status }: Wait): boolean {
    const { registers, event, memory, deviceTlbs, inFlight } = this.#around;
    if (deviceTlbs.outstanding > 0 || inFlight.draining) return false;
    this.#pendingWait = undefined;
    if (status !== undefined) writeDword(memory, status.address, status.data);
    if (!interrupt || registers.flag("ICS", "IWC")) return true;
    registers.setField("ICS", "IWC", true);
    event.raise();
    return true;
  }
}

/** Implementation choice C5: a write that fails is dropped. */
function writeDword(memory: MemoryPort, address: bigint, data: bigint): void {
  const low = bitIsSet(address, 2) ? 32 : 0;
  const word = address & ~7n;
  const kept = maskOf(63, 0) & ~maskOf(low + 31, low);
  let expected = 0n;
  for (;;) {
    const replacement = (expected & kept) | (data << BigInt(low));
    const found = memory.compareExchange64(word, expected, replacement);
    if (found === undefined || found === expected) return;
    expected = found;
  }
}

/** IQA_REG.DW: 256-bit descriptors. */
function isWide(queue: bigint): boolean {
  return bitIsSet(queue, 11);
}

function descriptorBytes(queue: bigint): bigint {
  return isWide(queue) ? 32n : 16n;
}

/** IQA_REG.QS. */
function queueBytes(queue: bigint): bigint {
  return PAGE_BYTES << bitRange(queue, 2, 0);
}
