import fc from "fast-check";

import { writePlainData } from "../../host/core/plain-data.js";
import {
  capabilityAt,
  descriptorFlag,
  operation,
  QUEUE_BASE,
  QUEUE_STRIDE,
  queueControl,
  queueReg,
  reg as engineReg,
} from "../../host/devices/dma-engine/registers.js";
import { reg as eduReg } from "../../host/devices/edu/registers.js";
import { reg as testdevReg } from "../../host/devices/iommu-testdev/registers.js";
import type { Machine } from "../../host/machine.js";
import type { MachineOptions } from "../../host/machine/options.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../../host/tables/index.js";
import { R, UNIT } from "./guest.js";

const SIZE = 4 * 2 ** 20;
const ENGINES = [0x0010, 0x0018] as const;
const EDU = 0x0020;
const TESTDEV = 0x0028;
const ALL = [...ENGINES, EDU, TESTDEV];
const QUEUES = 2;
const PASID = 5;
const DOMAIN = 7;

const QUEUE = 0x10_0000n;
const PAGE_QUEUE = 0x11_0000n;
const STATUS = 0x12_0000n;
const RINGS = 0x13_0000n;
const IOVA = 0x1_0000_0000n;
const BACKING = 0x18_0000n;
const PAGES = 16;

/** Small ones: they run over soon, and snapshots are quick. */
const CACHES = { context: 4, pasid: 4, iotlb: 8, firstStagePaging: 4, secondStagePaging: 4 };

/** A machine with everything in it. */
export const OPTIONS = {
  memory: { size: SIZE },
  units: [{ preset: "full", invalidationTimeout: 200, trace: true, caches: CACHES }],
  endpoints: [
    ...ENGINES.map((bdf) => ({ bdf, kind: "dma-engine" as const, options: { tlbEntries: 4 } })),
    { bdf: EDU, kind: "edu", options: { dmaMask: 2n ** 64n - 1n } },
    { bdf: TESTDEV, kind: "iommu-testdev" },
  ],
} as const satisfies MachineOptions;

const engine = fc.nat({ max: ENGINES.length - 1 });
const queue = fc.nat({ max: QUEUES - 1 });
const page = fc.nat({ max: PAGES - 1 });
const within = fc.nat({ max: 4095 });

/** What a guest does next. */
export const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("run"), ticks: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("submit"),
      engine,
      queue,
      op: fc.constantFrom(...Object.values(operation)),
      flags: fc.constantFrom(
        0,
        descriptorFlag.useAts,
        descriptorFlag.useAts | descriptorFlag.pageRequest,
        descriptorFlag.useAts | descriptorFlag.pageRequest | descriptorFlag.interrupt,
        descriptorFlag.useAts | descriptorFlag.pageRequest | descriptorFlag.execute,
      ),
      source: page,
      destination: page,
      offset: within,
      length: fc.nat({ max: 12_000 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("serve"),
      most: fc.integer({ min: 1, max: 8 }),
      map: fc.boolean(),
      code: fc.constantFrom(0, 0, 0, 1, 15),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("map"), page, present: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("invalidate"), engine, page }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("control"),
      engine,
      queue,
      on: fc.boolean(),
      marker: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("master"),
      bdf: fc.constantFrom(...ALL),
      on: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("ats"), engine, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("pri"), engine, bits: fc.nat({ max: 3 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("manners"), engine, bits: fc.nat({ max: 31 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("mask MSI"), engine, on: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("edu"),
      page,
      command: fc.constantFrom(1, 3, 5, 7),
      number: fc.nat({ max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("testdev"), page, trigger: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("poison"), page, on: fc.boolean() }) },
);
export type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** What a machine has sent so far, in order. */
export function recordEvents(machine: Machine): unknown[] {
  const events: unknown[] = [];
  const kinds = [
    "interrupt",
    "pageGroupResponse",
    "deviceTlbInvalidate",
    "fault",
    "trace",
  ] as const;
  machine.units.forEach((unit, index) => {
    for (const kind of kinds) unit.on(kind, (event) => events.push([index, kind, event]));
  });
  for (const kind of ["interrupt", "interruptPin"] as const) {
    machine.bus.on(kind, (event) => events.push([kind, event]));
  }
  return events;
}

/**
 * A guest that knows nothing by heart: whatever it needs it reads from the machine, so that another
 * one can go on with a restored machine.
 */
export class Guest {
  readonly #machine: Machine;
  /** Addresses of the page-table entries of the pages. */
  readonly #entries: readonly bigint[];

  private constructor(machine: Machine, entries: readonly bigint[]) {
    this.#machine = machine;
    this.#entries = entries;
  }

  /** Sets tables and devices up. */
  static boot(machine: Machine): Guest {
    const { memory } = machine;
    const frames = new FrameAllocator({ start: 0x20_0000n, end: 0x30_0000n });
    const tables = ScalableTables.create({ memory, frames });
    const pages = new FirstStageTable({ memory, frames });
    pages.map(IOVA, BACKING, { count: PAGES });
    const entries = Array.from(
      { length: PAGES },
      (_, i) => pages.walk(IOVA + BigInt(i * 4096)).at(-1).address,
    );
    for (const bdf of ENGINES) {
      tables.context(bdf, { dte: true, paside: true, pre: true, ridPasid: 0 });
      tables.pasid(bdf, 0, { kind: "pass-through", domain: 1 });
      tables.pasid(bdf, PASID, { kind: "first-stage", domain: DOMAIN, firstStage: pages });
    }
    for (const bdf of [EDU, TESTDEV]) {
      tables.context(bdf, { dte: false, paside: false, pre: false, ridPasid: 0 });
      tables.pasid(bdf, 0, { kind: "first-stage", domain: DOMAIN, firstStage: pages });
    }
    const guest = new Guest(machine, entries);
    guest.#enableUnit(tables.rootTableAddress);
    for (const bdf of ENGINES) guest.#enableEngine(bdf);
    for (const bdf of [EDU, TESTDEV]) machine.config.write16(bdf, 4, 6);
    guest.#enableMsi(EDU, 0x40, 0x70);
    entries.forEach((entry, index) => {
      if (index % 2 === 1) memory.write64(entry, 0n);
    });
    return guest;
  }

  /** The same guest on another machine. */
  on(machine: Machine): Guest {
    return new Guest(machine, this.#entries);
  }

  perform(next: Action): void {
    const { config, memory } = this.#machine;
    switch (next.do) {
      case "run":
        this.#machine.run(next.ticks);
        break;
      case "submit":
        this.#submit(next);
        break;
      case "serve":
        this.#serve(next);
        break;
      case "map":
        this.#map(next.page, next.present);
        break;
      case "invalidate":
        this.#invalidate(ENGINES[next.engine]!, IOVA + BigInt(next.page * 4096));
        break;
      case "control":
        this.#control(next);
        break;
      case "master":
        config.write16(next.bdf, 4, next.on ? 6 : 2);
        break;
      case "ats":
        config.write16(ENGINES[next.engine]!, capabilityAt.ats + 6, next.on ? 0x8000 : 0);
        break;
      case "pri":
        config.write16(ENGINES[next.engine]!, capabilityAt.pri + 4, next.bits);
        break;
      case "manners":
        this.#write(ENGINES[next.engine]!, engineReg.manners, next.bits);
        break;
      case "mask MSI":
        config.write32(ENGINES[next.engine]!, capabilityAt.msi + 0x10, next.on ? 1 : 0);
        break;
      case "edu":
        this.#useEdu(next);
        break;
      case "testdev":
        this.#useTestdev(next);
        break;
      case "poison":
        if (next.on) memory.poison(BACKING + BigInt(next.page * 4096), 64);
        else memory.heal(BACKING + BigInt(next.page * 4096), 64);
        break;
    }
  }

  /** What software can see without changing it, as text. */
  look(): string {
    const { bus, units, interrupts } = this.#machine;
    const engines = ENGINES.map((bdf) => {
      const offsets = Array.from({ length: 0x100 / 4 }, (_, i) => 4 * i);
      const queues = Array.from({ length: QUEUES }, (_, n) =>
        Object.values(queueReg).map((offset) =>
          this.#read(bdf, QUEUE_BASE + n * QUEUE_STRIDE + offset),
        ),
      );
      return [offsets.map((offset) => this.#read(bdf, offset)), queues];
    });
    const edu = Object.values(eduReg).map((offset) => this.#read(EDU, offset));
    const testdev = Object.values(testdevReg)
      .filter((offset) => offset !== testdevReg.trigger)
      .map((offset) => this.#read(TESTDEV, offset));
    const configs = ALL.map((bdf) => bus.endpoint(bdf)?.config.bytes(0x200));
    const busy = ALL.map((bdf) => bus.endpoint(bdf)?.endpoint.busy);
    const counters = units.map((unit) => [unit.counters(), unit.nextDeadline()]);
    return writePlainData([engines, edu, testdev, configs, busy, counters, interrupts.pending]);
  }

  /** What is under way, by name. */
  underWay(): Set<string> {
    const found = new Set<string>();
    for (const bdf of ENGINES) {
      for (let n = 0; n < QUEUES; n++) {
        const word = this.#read(bdf, QUEUE_BASE + n * QUEUE_STRIDE + queueReg.status);
        if (word & 0x10) found.add("a descriptor");
        if (word & 0x20) found.add("an access in flight");
        found.add(`state ${word & 15}`);
      }
      if (this.#read(bdf, engineReg.creditsUsed) > 0) found.add("page requests outstanding");
      if (this.#read(bdf, engineReg.invalidationsPending) > 0)
        found.add("an invalidation unanswered");
      if (this.#read(bdf, engineReg.tlbUsed) > 0) found.add("device-TLB entries");
    }
    if (this.#machine.units.some((unit) => unit.nextDeadline() !== undefined)) {
      found.add("an invalidation awaited");
    }
    if (this.#machine.bus.endpoint(EDU)?.endpoint.busy === true) found.add("edu at work");
    return found;
  }

  #at(bdf: number, offset: number): bigint {
    return BigInt(this.#machine.config.read32(bdf, 0x10)) + BigInt(offset);
  }

  #read(bdf: number, offset: number): number {
    return this.#machine.bus.read32(this.#at(bdf, offset));
  }

  #write(bdf: number, offset: number, value: number): void {
    this.#machine.bus.write32(this.#at(bdf, offset), value);
  }

  #enableUnit(rootTableAddress: bigint): void {
    const { bus } = this.#machine;
    const write = (register: number, value: number) => {
      bus.write32(UNIT + BigInt(register), value);
    };
    bus.write64(UNIT + BigInt(R.rtaddr), rootTableAddress);
    write(R.gcmd, 1 << 30);
    bus.write64(UNIT + BigInt(R.iqa), QUEUE | 0x800n);
    write(R.gcmd, 1 << 26);
    bus.write64(UNIT + BigInt(R.pqa), PAGE_QUEUE);
    write(R.pedata, 0x41);
    write(R.peaddr, 0xfee0_0000);
    write(R.pectl, 0);
    write(R.gcmd, (1 << 26) | (1 << 31));
  }

  #enableEngine(bdf: number): void {
    const { config } = this.#machine;
    config.write16(bdf, 4, 6);
    config.write16(bdf, capabilityAt.pasid + 6, 7);
    config.write16(bdf, capabilityAt.ats + 6, 0x8000);
    config.write32(bdf, capabilityAt.pri + 12, 6);
    config.write16(bdf, capabilityAt.pri + 4, 1);
    this.#enableMsi(bdf, capabilityAt.msi, 0x50);
    this.#write(bdf, engineReg.intrMask, 0x3_ffff);
    this.#write(bdf, engineReg.control, 1);
    this.#write(bdf, engineReg.retryDelay, 3);
    for (let n = 0; n < QUEUES; n++) this.#enableQueue(bdf, n);
  }

  #enableMsi(bdf: number, at: number, data: number): void {
    const { config } = this.#machine;
    config.write32(bdf, at + 4, 0xfee0_0000);
    config.write16(bdf, at + 12, data);
    config.write16(bdf, at + 2, 1);
  }

  #queueAt(n: number, name: keyof typeof queueReg): number {
    return QUEUE_BASE + n * QUEUE_STRIDE + queueReg[name];
  }

  #ringOf(bdf: number, n: number): bigint {
    return RINGS + BigInt(ENGINES.indexOf(bdf as 0x10) * QUEUES + n) * 0x1000n;
  }

  #enableQueue(bdf: number, n: number): void {
    const { enable, pasidValid, ringWithoutPasid, interruptEnable } = queueControl;
    this.#write(bdf, this.#queueAt(n, "ringBase"), Number(this.#ringOf(bdf, n)));
    this.#write(bdf, this.#queueAt(n, "ringSize"), 4);
    this.#write(bdf, this.#queueAt(n, "pasid"), PASID);
    const bits = enable | pasidValid | ringWithoutPasid | interruptEnable;
    this.#write(bdf, this.#queueAt(n, "control"), bits);
  }

  #control({ engine: index, queue: n, on, marker }: Extract<Action, { do: "control" }>): void {
    const bdf = ENGINES[index]!;
    if (on) this.#enableQueue(bdf, n);
    else this.#write(bdf, this.#queueAt(n, "control"), marker ? queueControl.stopMarker : 0);
  }

  #submit(next: Extract<Action, { do: "submit" }>): void {
    const { memory } = this.#machine;
    const bdf = ENGINES[next.engine]!;
    const tail = this.#read(bdf, this.#queueAt(next.queue, "tail"));
    const at = this.#ringOf(bdf, next.queue) + BigInt(tail * 64);
    const atomic = next.op === operation.atomicAdd;
    const offset = BigInt(atomic ? next.offset & ~7 : next.offset);
    memory.fill(at, 64);
    memory.write32(at, next.op | next.flags);
    memory.write32(at + 4n, atomic ? 8 : next.length);
    memory.write64(at + 8n, IOVA + BigInt(next.source * 4096) + offset);
    memory.write64(at + 16n, IOVA + BigInt(next.destination * 4096) + offset);
    memory.write64(at + 24n, 0x0102_0304_0506_0708n * BigInt(next.source));
    this.#write(bdf, this.#queueAt(next.queue, "tail"), (tail + 1) % 16);
  }

  #map(index: number, present: boolean): void {
    const value = present ? (BACKING + BigInt(index * 4096)) | 7n : 0n;
    this.#machine.memory.write64(this.#entries[index]!, value);
  }

  #serve({ most, map, code }: Extract<Action, { do: "serve" }>): void {
    const { bus, memory } = this.#machine;
    const tail = bus.read64(UNIT + BigInt(R.pqt));
    let head = bus.read64(UNIT + BigInt(R.pqh));
    for (let taken = 0; head !== tail && taken < most; taken++) {
      const low = memory.read64(PAGE_QUEUE + head) ?? 0n;
      const high = memory.read64(PAGE_QUEUE + head + 8n) ?? 0n;
      const index = Number((high & ~0xfffn) - IOVA) / 4096;
      if (map && index >= 0 && index < PAGES) this.#map(index, true);
      if ((high & 4n) !== 0n && (high & 3n) !== 0n) {
        const response = 0x19n | (BigInt(code) << 12n) | (low & 0xfff_ffff_0000n & ~0xf000n);
        this.#queueDescriptor(
          response | (((low >> 16n) & 0xffffn) << 16n),
          ((high >> 3n) & 0x1ffn) << 3n,
        );
      }
      head = (head + 32n) % 4096n;
    }
    bus.write64(UNIT + BigInt(R.pqh), head);
    bus.write32(UNIT + BigInt(R.prs), 3);
  }

  #invalidate(bdf: number, address: bigint): void {
    const { bus } = this.#machine;
    this.#queueDescriptor(0x26n | (BigInt(DOMAIN) << 16n) | (BigInt(PASID) << 32n), 0n);
    this.#queueDescriptor(8n | (BigInt(bdf) << 16n) | (BigInt(PASID) << 32n), address);
    this.#queueDescriptor((1n << 32n) | 0x25n, STATUS + bus.read64(UNIT + BigInt(R.iqt)));
    bus.write32(UNIT + BigInt(R.fsts), 0x7f);
  }

  #queueDescriptor(low: bigint, high: bigint): void {
    const { bus, memory } = this.#machine;
    const tail = bus.read64(UNIT + BigInt(R.iqt));
    [low, high, 0n, 0n].forEach((word, i) => memory.write64(QUEUE + tail + BigInt(8 * i), word));
    bus.write64(UNIT + BigInt(R.iqt), (tail + 32n) % 4096n);
  }

  #useEdu({ page: index, command, number }: Extract<Action, { do: "edu" }>): void {
    const address = Number(IOVA + BigInt(index * 4096) - 0x1_0000_0000n);
    const memorySide = command & 2 ? eduReg.dmaDestination : eduReg.dmaSource;
    const deviceSide = command & 2 ? eduReg.dmaSource : eduReg.dmaDestination;
    this.#machine.bus.write64(this.#at(EDU, memorySide), BigInt(address) + IOVA);
    this.#machine.bus.write64(this.#at(EDU, deviceSide), 0x4_0000n);
    this.#machine.bus.write64(this.#at(EDU, eduReg.dmaCount), 4096n);
    this.#write(EDU, eduReg.dmaCommand, command);
    this.#write(EDU, eduReg.status, number & 1 ? 0x80 : 0);
    this.#write(EDU, eduReg.factorial, number);
    this.#write(EDU, eduReg.interruptAcknowledge, 0xffff_ffff);
  }

  #useTestdev({ page: index, trigger }: Extract<Action, { do: "testdev" }>): void {
    this.#write(TESTDEV, testdevReg.iovaHigh, 1);
    this.#write(TESTDEV, testdevReg.iovaLow, index * 4096);
    this.#write(TESTDEV, testdevReg.gpaLow, Number(BACKING) + index * 4096);
    this.#write(TESTDEV, testdevReg.length, 16);
    this.#write(TESTDEV, testdevReg.doorbell, 1);
    if (trigger) this.#read(TESTDEV, testdevReg.trigger);
  }
}
