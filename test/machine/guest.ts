import {
  capabilityAt,
  queueControl,
  QUEUE_BASE,
  QUEUE_STRIDE,
  queueReg,
} from "../../host/devices/dma-engine/registers.js";
import { Machine } from "../../host/machine.js";
import type { MachineOptions } from "../../host/machine/options.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../../host/tables/index.js";

export const ENGINE = 0x0010;
export const PASID = 5;
export const UNIT = 0xfed9_0000n;
const QUEUE = 0x10_0000n;
const PAGE_QUEUE = 0x11_0000n;
const STATUS = 0x12_0000n;
const RING = 0x13_0000n;
const DOMAIN = 7;
/** Registers of the unit (§11.4). */
export const R = {
  gcmd: 0x18,
  gsts: 0x1c,
  rtaddr: 0x20,
  fsts: 0x34,
  iqh: 0x80,
  iqt: 0x88,
  iqa: 0x90,
  pqh: 0xc0,
  pqt: 0xc8,
  pqa: 0xd0,
  prs: 0xdc,
  pectl: 0xe0,
  pedata: 0xe4,
  peaddr: 0xe8,
};

export interface PageRequestDescriptor {
  readonly rid: number;
  readonly pasid: number;
  readonly address: bigint;
  readonly last: boolean;
  readonly group: number;
}

/** What a kernel does with one unit and one engine, through the machine's public side alone. */
export class Guest {
  readonly machine: Machine;
  readonly pages: FirstStageTable;
  readonly #tables: ScalableTables;
  #iqTail = 0;
  #waits = 0;
  #ringTail = 0;

  private constructor(machine: Machine) {
    this.machine = machine;
    const { memory } = machine;
    const frames = new FrameAllocator({ start: 0x20_0000n, end: 0x40_0000n });
    this.#tables = ScalableTables.create({ memory, frames });
    this.pages = new FirstStageTable({ memory, frames });
  }

  /** Remapping enabled with one first-stage PASID; the engine enabled, its ring on PASID 0. */
  static async boot(options: Partial<MachineOptions> = {}, engine = ENGINE): Promise<Guest> {
    const machine = await Machine.create({
      memory: { size: 16 * 2 ** 20 },
      units: [{ preset: "full" }],
      endpoints: [{ bdf: engine, kind: "dma-engine" }],
      ...options,
    });
    const guest = new Guest(machine);
    guest.#enableUnit(engine);
    guest.enableEngine(engine);
    return guest;
  }

  read(register: number): number {
    return this.machine.bus.read32(UNIT + BigInt(register));
  }

  write(register: number, value: number): void {
    this.machine.bus.write32(UNIT + BigInt(register), value);
  }

  #enableUnit(engine: number): void {
    const { bus } = this.machine;
    this.#tables.context(engine, { dte: true, paside: true, pre: true, ridPasid: 0 });
    this.#tables.pasid(engine, 0, { kind: "pass-through", domain: 1 });
    this.#tables.pasid(engine, PASID, {
      kind: "first-stage",
      domain: DOMAIN,
      firstStage: this.pages,
    });
    bus.write64(UNIT + BigInt(R.rtaddr), this.#tables.rootTableAddress);
    this.write(R.gcmd, 1 << 30);
    bus.write64(UNIT + BigInt(R.iqa), QUEUE | 0x800n);
    this.write(R.gcmd, 1 << 26);
    bus.write64(UNIT + BigInt(R.pqa), PAGE_QUEUE);
    this.write(R.pedata, 0x41);
    this.write(R.peaddr, 0xfee0_0000);
    this.write(R.pectl, 0);
    this.write(R.gcmd, (1 << 26) | (1 << 31));
  }

  enableEngine(engine: number): void {
    const { config } = this.machine;
    config.write16(engine, 4, 6);
    config.write16(engine, capabilityAt.pasid + 6, 7);
    config.write16(engine, capabilityAt.ats + 6, 0x8000);
    config.write32(engine, capabilityAt.pri + 12, 64);
    config.write16(engine, capabilityAt.pri + 4, 1);
    const { enable, pasidValid, ringWithoutPasid } = queueControl;
    this.writeQueue("ringBase", Number(RING), engine);
    this.writeQueue("ringSize", 6, engine);
    this.writeQueue("pasid", PASID, engine);
    this.writeQueue("control", enable | pasidValid | ringWithoutPasid, engine);
    this.#ringTail = 0;
  }

  writeQueue(name: keyof typeof queueReg, value: number, engine = ENGINE, queue = 0): void {
    this.machine.bus.write32(this.#queueAt(name, engine, queue), value);
  }

  state(engine = ENGINE): number {
    return this.machine.bus.read32(this.#queueAt("status", engine, 0)) & 15;
  }

  /** Address of a register in the engine's window. */
  bar(offset: number, engine = ENGINE): bigint {
    return BigInt(this.machine.config.read32(engine, 0x10)) + BigInt(offset);
  }

  #queueAt(name: keyof typeof queueReg, engine: number, queue: number): bigint {
    return this.bar(QUEUE_BASE + queue * QUEUE_STRIDE + queueReg[name], engine);
  }

  /** A descriptor for queue 0; answers its index. */
  submit(
    op: number,
    fields: { source?: bigint; destination?: bigint; length: number; pattern?: bigint },
    flags = 0,
    engine = ENGINE,
  ): number {
    const { memory } = this.machine;
    const index = this.#ringTail;
    const at = RING + BigInt(index * 64);
    memory.fill(at, 64);
    memory.write32(at, op | flags);
    memory.write32(at + 4n, fields.length);
    memory.write64(at + 8n, fields.source ?? 0n);
    memory.write64(at + 16n, fields.destination ?? 0n);
    memory.write64(at + 24n, fields.pattern ?? 0n);
    this.#ringTail = (index + 1) % 64;
    this.writeQueue("tail", this.#ringTail, engine);
    return index;
  }

  /** Status code, bytes and result that the engine wrote; undefined before. */
  result(index: number): { code: number; bytes: number } | undefined {
    const at = RING + BigInt(index * 64) + 0x30n;
    const status = this.machine.memory.read32(at);
    if (status >>> 31 === 0) return undefined;
    return { code: status & 0xff, bytes: this.machine.memory.read32(at + 4n) };
  }

  /** Puts descriptors of 256 bits into the invalidation queue. */
  invalidate(...descriptors: readonly (readonly [bigint, bigint])[]): void {
    for (const [low, high] of descriptors) {
      const at = QUEUE + BigInt(this.#iqTail);
      const words = [low, high, 0n, 0n];
      words.forEach((word, i) => this.machine.memory.write64(at + BigInt(8 * i), word));
      this.#iqTail = (this.#iqTail + 32) % 4096;
    }
    this.machine.bus.write64(UNIT + BigInt(R.iqt), BigInt(this.#iqTail));
  }

  /** Queues a wait that writes a fresh value; answers whether it has been written. */
  wait(): () => boolean {
    const value = ++this.#waits;
    const at = STATUS + BigInt(8 * value);
    this.invalidate([(BigInt(value) << 32n) | 0x25n, at]);
    return () => this.machine.memory.read32(at) === value;
  }

  /** P-IOTLB, all of the PASID. */
  invalidatePasid(): void {
    this.invalidate([0x26n | (BigInt(DOMAIN) << 16n) | (BigInt(PASID) << 32n), 0n]);
  }

  /** PASID-based device-TLB invalidation of one page. */
  invalidateDeviceTlb(address: bigint, engine = ENGINE): void {
    this.invalidate([8n | (BigInt(engine) << 16n) | (BigInt(PASID) << 32n), address]);
  }

  /** Page group response. */
  respond({ rid, pasid, group }: PageRequestDescriptor, code: number): void {
    const low = 0x19n | (BigInt(code) << 12n) | (BigInt(rid) << 16n) | (BigInt(pasid) << 32n);
    this.invalidate([low, BigInt(group) << 3n]);
  }

  /** Takes the page request descriptors out of the queue. */
  takePageRequests(): PageRequestDescriptor[] {
    const { bus, memory } = this.machine;
    const tail = bus.read64(UNIT + BigInt(R.pqt));
    let head = bus.read64(UNIT + BigInt(R.pqh));
    const taken: PageRequestDescriptor[] = [];
    for (; head !== tail; head = (head + 32n) % 4096n) {
      const low = memory.read64(PAGE_QUEUE + head) ?? 0n;
      const high = memory.read64(PAGE_QUEUE + head + 8n) ?? 0n;
      taken.push({
        rid: Number((low >> 16n) & 0xffffn),
        pasid: Number((low >> 32n) & 0xf_ffffn),
        address: high & ~0xfffn,
        last: (high & 4n) !== 0n,
        group: Number((high >> 3n) & 0x1ffn),
      });
    }
    bus.write64(UNIT + BigInt(R.pqh), head);
    return taken;
  }

  runUntil(holds: () => boolean, limit = 2000): void {
    for (let i = 0; i < limit; i++) {
      if (holds()) return;
      this.machine.run(1);
    }
    throw new Error(`nothing came of it in ${limit} ticks; state ${this.state()}`);
  }
}
