import type { FrameSource } from "../../tables/frames.js";
import { ScalableTables } from "../../tables/scalable.js";
import type { TableMemory } from "../../tables/table-memory.js";
import { poll, read, write, type AccessSequence } from "./access.js";
import { invalidateAlone } from "./boot-invalidation.js";
import { Commands } from "./commands.js";
import { globalContext, globalIotlb, globalPasidCache } from "./descriptors.js";
import { enableEvent, type EventMessage } from "./event-registers.js";
import { faultRegistersOf, takeFaults, type FaultRegisters } from "./faults.js";
import { registerBit } from "./fields.js";
import {
  enableInterruptRemapping,
  prepareInterruptRemapping,
  type InterruptTable,
} from "./interrupt-remapping.js";
import { findCounters, type PerformanceCounters } from "./performance-counters.js";
import { QueueRing } from "./queue-ring.js";

export interface BootOptions {
  readonly memory: TableMemory;
  /** Where tables and queues get their frames from, and where those of a removed device go. */
  readonly frames: FrameSource & { release?(address: bigint): void };
  /** Page requests: the queue has 2^size pages of 128 entries. Default 4. */
  readonly pageRequestQueueSize?: number;
  readonly pageRequestEvent?: EventMessage;
  readonly faultEvent?: EventMessage;
  readonly performanceEvent?: EventMessage;
  /**
   * INTR_REMAP of DMAR: Linux remaps interrupts only where the table announces it besides ECAP.IR (§8.1).
   * The table of 65,536 entries takes 256 frames. Default true.
   */
  readonly interruptRemapping?: boolean;
  /** Destinations of 32 bits where ECAP.EIM has them; false on a processor without x2APIC. Default true. */
  readonly x2apic?: boolean;
  /** The kernel has the driver of the counters (INTEL_IOMMU_PERF_EVENTS). Default true. */
  readonly performanceMonitoring?: boolean;
}

/** What the driver knows of a unit that it has set up. */
export interface BootedUnit {
  readonly capability: bigint;
  readonly extendedCapability: bigint;
  readonly version: number;
  readonly frames: BootOptions["frames"];
  readonly tables: ScalableTables;
  readonly invalidations: QueueRing;
  /** Undefined for a unit without page requests. */
  readonly pageRequestQueue: { readonly base: bigint; readonly bytes: number } | undefined;
  readonly faults: FaultRegisters;
  /** Undefined where interrupts are not remapped. */
  readonly interruptTable: InterruptTable | undefined;
  /** Undefined where the driver cannot count with the unit. */
  readonly performanceCounters: PerformanceCounters | undefined;
  /** The enable bits of GCMD that stay set: each command carries them. */
  readonly enabled: bigint;
}

const SRTP = registerBit("GCMD", "SRTP");
const QIE = registerBit("GCMD", "QIE");
const TE = registerBit("GCMD", "TE");
const RTPS = registerBit("GSTS", "RTPS");
const QIES = registerBit("GSTS", "QIES");
const TES = registerBit("GSTS", "TES");
const FRAME = 4096;
const DEFAULT_QUEUE_SIZE = 4;
const firstMessage = { address: 0xfee0_0000, upperAddress: 0 };

/**
 * What Linux 7.2 does to a unit at boot, access by access, up to the enabled translation: scalable mode, with
 * interrupt remapping and performance monitoring where the unit has them. Tables and queues are written to
 * memory on the way. Entries of the interrupt remapping table are those of an I/O APIC or a device: none is made.
 * @throws UnitBroken if a status does not change as asked. @throws RangeError for a unit without scalable
 * mode or without queued invalidation.
 */
export function* bootSequence(options: BootOptions): AccessSequence<BootedUnit> {
  // The table of units is looked at twice: is there one, and what can it do?
  yield* read("CAP");
  yield* read("ECAP");
  const capability = yield* read("CAP");
  const extendedCapability = yield* read("ECAP");
  requireSupport(extendedCapability);
  const has = (name: string) => (capability & registerBit("CAP", name)) !== 0n;
  let enhancedCommands = 0n;
  if (has("ECMDS")) {
    for (const register of ["ECCAP0", "ECCAP1", "ECCAP2"]) yield* read(register);
    enhancedCommands = yield* read("ECCAP3");
  }
  const version = Number(yield* read("VER"));
  const commands = new Commands(yield* read("GSTS"));
  const hasExtended = (name: string) => (extendedCapability & registerBit("ECAP", name)) !== 0n;
  const { interruptRemapping = true, performanceMonitoring = true, x2apic = true } = options;
  const performanceCounters =
    performanceMonitoring && has("ECMDS") && hasExtended("PMS")
      ? yield* findCounters(enhancedCommands)
      : undefined;

  const faults = faultRegistersOf(capability);
  yield* takeFaults(faults);
  if (((yield* read("GSTS")) & QIES) !== 0n) yield* commands.clear(QIE);
  const invalidations = yield* enableInvalidations(options, commands);
  let interruptTable: InterruptTable | undefined;
  if (interruptRemapping && hasExtended("IR")) {
    const extended = x2apic && hasExtended("EIM");
    const unit = { commands, invalidations, invalidatesItself: has("ESIRTPS") };
    interruptTable = yield* prepareInterruptRemapping(unit, options, extended);
    yield* enableInterruptRemapping(commands);
  }
  if (((yield* read("GSTS")) & TES) !== 0n) yield* commands.clear(TE);

  if (has("RWBF")) yield* commands.flushWriteBuffer();
  const tables = ScalableTables.create(options);
  yield* write("RTADDR", tables.rootTableAddress);
  yield* commands.once(SRTP, (status) => (status & RTPS) !== 0n);
  if (!has("ESRTPS")) {
    for (const descriptor of [globalContext(), globalPasidCache(), globalIotlb()]) {
      yield* invalidateAlone(invalidations, descriptor);
    }
  }

  if (has("RWBF")) yield* commands.flushWriteBuffer();
  const pageRequestQueue = hasExtended("PRS") ? yield* enablePageRequests(options) : undefined;
  yield* enableEvent("FE", options.faultEvent ?? { ...firstMessage, data: 0x22 });
  if (performanceCounters !== undefined) {
    yield* enableEvent("PERFINTR", options.performanceEvent ?? { ...firstMessage, data: 0x23 });
  }

  yield* commands.set(TE);
  if (has("PLMR") || has("PHMR")) yield* disableProtectedMemory();
  return {
    ...{ capability, extendedCapability, version, tables, invalidations },
    ...{ pageRequestQueue, faults, frames: options.frames, interruptTable, performanceCounters },
    enabled: commands.enabled,
  };
}

/** What Linux does behind a change that needs no invalidation, where RWBF asks for it (§6.8). */
export function* writeBufferFlush({ enabled }: Pick<BootedUnit, "enabled">): AccessSequence {
  yield* new Commands(enabled).flushWriteBuffer();
}

/** What Linux does before it powers off: translation off, and nothing else. */
export function* shutdownSequence({ enabled }: Pick<BootedUnit, "enabled">): AccessSequence {
  yield* new Commands(enabled).clear(TE);
}

function requireSupport(extendedCapability: bigint): void {
  const missing = ["QI", "SMTS"].filter(
    (name) => (extendedCapability & registerBit("ECAP", name)) === 0n,
  );
  if (missing.length > 0) {
    throw new RangeError(
      `the driver needs scalable mode and queued invalidation, and ECAP.${missing.join(", ECAP.")} ` +
        `is clear`,
    );
  }
}

function* enableInvalidations(
  { memory, frames }: BootOptions,
  commands: Commands,
): AccessSequence<QueueRing> {
  const base = frames.allocate(QueueRing.frames.wide);
  const ring = new QueueRing(memory, { base, status: frames.allocate(1), wide: true });
  yield* write("IQT", 0, 4);
  // 256 bits a descriptor, two pages: 256 of them.
  yield* write("IQA", base | registerBit("IQA", "DW") | 1n);
  yield* commands.set(QIE);
  return ring;
}

function* enablePageRequests({
  frames,
  pageRequestEvent = { ...firstMessage, data: 0x21 },
  pageRequestQueueSize: size = DEFAULT_QUEUE_SIZE,
}: BootOptions): AccessSequence<{ base: bigint; bytes: number }> {
  yield* enableEvent("PE", pageRequestEvent);
  const base = frames.allocate(2 ** size);
  yield* write("PQH", 0);
  yield* write("PQT", 0);
  yield* write("PQA", base | BigInt(size));
  return { base, bytes: FRAME * 2 ** size };
}

function* disableProtectedMemory(): AccessSequence {
  const enabled = yield* read("PMEN");
  yield* write("PMEN", enabled & ~registerBit("PMEN", "EPM"));
  yield* poll("PMEN", (value) => (value & registerBit("PMEN", "PRS")) === 0n);
}
