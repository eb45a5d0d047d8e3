import type { FrameSource } from "../../tables/frames.js";
import { ScalableTables } from "../../tables/scalable.js";
import type { TableMemory } from "../../tables/table-memory.js";
import { MOST_POLLS, poll, read, UnitBroken, write, type AccessSequence } from "./access.js";
import {
  globalContext,
  globalIotlb,
  globalPasidCache,
  type QueueDescriptor,
} from "./descriptors.js";
import { faultRegistersOf, takeFaults, type FaultRegisters } from "./faults.js";
import { registerBit } from "./fields.js";
import { QueueRing } from "./queue-ring.js";

/** An interrupt of the unit, as its event registers take it. */
export interface EventMessage {
  readonly data: number;
  readonly address: number;
  readonly upperAddress: number;
}

export interface BootOptions {
  readonly memory: TableMemory;
  /** Where tables and queues get their frames from, and where those of a removed device go. */
  readonly frames: FrameSource & { release?(address: bigint): void };
  /** Page requests: the queue has 2^size pages of 128 entries. Default 4. */
  readonly pageRequestQueueSize?: number;
  readonly pageRequestEvent?: EventMessage;
  readonly faultEvent?: EventMessage;
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
}

const SRTP = registerBit("GCMD", "SRTP");
const QIE = registerBit("GCMD", "QIE");
const TE = registerBit("GCMD", "TE");
const WBF = registerBit("GCMD", "WBF");
const RTPS = registerBit("GSTS", "RTPS");
const QIES = registerBit("GSTS", "QIES");
const TES = registerBit("GSTS", "TES");
const WBFS = registerBit("GSTS", "WBFS");
const FRAME = 4096;
const DEFAULT_QUEUE_SIZE = 4;
const firstMessage = { address: 0xfee0_0000, upperAddress: 0 };

/**
 * What Linux 7.2 does to a unit at boot, access by access, up to the enabled translation: scalable mode,
 * with neither interrupt remapping nor performance monitoring. Tables and queues are written to memory on
 * the way.
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
  if (has("ECMDS")) {
    for (const register of ["ECCAP0", "ECCAP1", "ECCAP2", "ECCAP3"]) yield* read(register);
  }
  const version = Number(yield* read("VER"));
  const commands = new Commands(yield* read("GSTS"));

  const faults = faultRegistersOf(capability);
  yield* takeFaults(faults);
  if (((yield* read("GSTS")) & QIES) !== 0n) yield* commands.clear(QIE);
  const invalidations = yield* enableInvalidations(options, commands);
  if (((yield* read("GSTS")) & TES) !== 0n) yield* commands.clear(TE);

  if (has("RWBF")) yield* flushWriteBuffer(commands);
  const tables = ScalableTables.create(options);
  yield* write("RTADDR", tables.rootTableAddress);
  yield* commands.once(SRTP, (status) => (status & RTPS) !== 0n);
  if (!has("ESRTPS")) {
    for (const descriptor of [globalContext(), globalPasidCache(), globalIotlb()]) {
      yield* invalidate(invalidations, descriptor);
    }
  }

  if (has("RWBF")) yield* flushWriteBuffer(commands);
  const prs = (extendedCapability & registerBit("ECAP", "PRS")) !== 0n;
  const pageRequestQueue = prs ? yield* enablePageRequests(options) : undefined;
  yield* enableEvent("FE", options.faultEvent ?? { ...firstMessage, data: 0x22 });

  yield* commands.set(TE);
  if (has("PLMR") || has("PHMR")) yield* disableProtectedMemory();
  return {
    ...{ capability, extendedCapability, version, tables, invalidations },
    ...{ pageRequestQueue, faults, frames: options.frames },
  };
}

/** What Linux does behind a change that needs no invalidation, where RWBF asks for it (§6.8). */
export function* writeBufferFlush(): AccessSequence {
  yield* write("GCMD", QIE | TE | WBF);
  yield* poll("GSTS", (status) => (status & WBFS) === 0n);
}

/** What Linux does before it powers off: translation off, and nothing else. */
export function* shutdownSequence(): AccessSequence {
  yield* write("GCMD", QIE);
  yield* poll("GSTS", (status) => (status & TES) === 0n);
}

/**
 * The Global Command Register with its shadow: each write carries all that is enabled, and at most one
 * command besides (§11.4.4.1). An enable has its status at the same bit.
 */
class Commands {
  static readonly #lasting = QIE | TE;
  #shadow: bigint;

  constructor(status: bigint) {
    this.#shadow = status & Commands.#lasting;
  }

  *set(enable: bigint): AccessSequence {
    this.#shadow |= enable;
    yield* write("GCMD", this.#shadow);
    yield* poll("GSTS", (status) => (status & enable) !== 0n);
  }

  *clear(enable: bigint): AccessSequence {
    this.#shadow &= ~enable;
    yield* write("GCMD", this.#shadow);
    yield* poll("GSTS", (status) => (status & enable) === 0n);
  }

  *once(command: bigint, done: (status: bigint) => boolean): AccessSequence {
    yield* write("GCMD", this.#shadow | command);
    yield* poll("GSTS", done);
  }
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

function* flushWriteBuffer(commands: Commands): AccessSequence {
  yield* commands.once(WBF, (status) => (status & WBFS) === 0n);
}

/** One descriptor, waited for: only the boot processor runs yet. */
function* invalidate(ring: QueueRing, descriptor: QueueDescriptor): AccessSequence {
  const submission = ring.fill([descriptor], false);
  yield* write("IQT", ring.tail, 4);
  for (let polls = 0; !ring.isDone(submission); polls++) {
    if (polls === MOST_POLLS) throw new UnitBroken(`${descriptor.about}: never done`);
    yield* read("FSTS");
  }
  ring.release(submission);
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

/** Linux writes the message when it allocates the interrupt and when it requests it; then it unmasks. */
function* enableEvent(event: "PE" | "FE", message: EventMessage): AccessSequence {
  for (let time = 0; time < 2; time++) {
    yield* write(`${event}DATA`, message.data);
    yield* write(`${event}ADDR`, message.address);
    yield* write(`${event}UADDR`, message.upperAddress);
  }
  yield* write(`${event}CTL`, 0);
  yield* read(`${event}CTL`);
}

function* disableProtectedMemory(): AccessSequence {
  const enabled = yield* read("PMEN");
  yield* write("PMEN", enabled & ~registerBit("PMEN", "EPM"));
  yield* poll("PMEN", (value) => (value & registerBit("PMEN", "PRS")) === 0n);
}
