import {
  capabilityAt,
  descriptorFlag,
  DESCRIPTOR_BYTES,
  QUEUE_BASE,
  QUEUE_STRIDE,
  queueControl,
  queueReg,
  queueState,
  reg,
  RESULT_DONE,
} from "../../../host/devices/dma-engine/registers.js";
import { dmaEngine, type DmaEngineOptions } from "../../../host/devices/dma-engine/model.js";
import { GuestMemory } from "../../../host/memory/guest-memory.js";
import { PciBus } from "../../../host/pci/bus.js";
import type { MessageSignaledInterrupt } from "../../../host/spec/requests.js";
import { FakeUnit } from "../../pci/fake-unit.js";

export const BDF = 0x0080;
const BAR = 0xe800_0000n;
/** Rings of queue n lie here, identity mapped without PASID. */
const RING = 0x1_0000n;
const RING_LOG2 = 4;

export interface TestDescriptor {
  readonly op: number;
  readonly flags?: number;
  readonly length?: number;
  readonly source?: bigint;
  readonly destination?: bigint;
  readonly pattern?: bigint;
}

/** What the device wrote back. */
export interface Written {
  readonly code: number;
  readonly bytes: number;
  readonly result: bigint;
}

export const USE_ATS = descriptorFlag.useAts;
export const ASK = descriptorFlag.useAts | descriptorFlag.pageRequest;

/** A dma-engine on a bus behind a fake unit, driven through registers and memory only. */
export class Rig {
  readonly memory = GuestMemory.create({ size: 2 ** 20 });
  readonly bus = new PciBus({ memory: this.memory });
  readonly unit = new FakeUnit();
  readonly interrupts: MessageSignaledInterrupt[] = [];
  readonly #tails = [0, 0, 0, 0];

  constructor(options: DmaEngineOptions = {}) {
    const model = dmaEngine(options);
    this.bus.addEndpoint({ bdf: BDF, model, bars: { 0: { address: Number(BAR) } } });
    this.bus.addUnit({ port: this.unit, covers: () => true });
    this.bus.on("interrupt", (message) => this.interrupts.push(message));
    this.bus.config.write16(BDF, 4, 6);
    for (let n = 0; n < 4; n++) {
      const at = RING + BigInt(n) * 4096n;
      this.unit.map({ iova: at, to: at });
    }
  }

  read(offset: number): number {
    return this.bus.read32(BAR + BigInt(offset));
  }

  write(offset: number, value: number): void {
    this.bus.write32(BAR + BigInt(offset), value);
  }

  read64(offset: number): bigint {
    return BigInt(this.read(offset)) | (BigInt(this.read(offset + 4)) << 32n);
  }

  queue(n: number, name: keyof typeof queueReg): number {
    return this.read(QUEUE_BASE + n * QUEUE_STRIDE + queueReg[name]);
  }

  writeQueue(n: number, name: keyof typeof queueReg, value: number): void {
    this.write(QUEUE_BASE + n * QUEUE_STRIDE + queueReg[name], value);
  }

  state(n: number): number {
    return this.queue(n, "status") & 15;
  }

  /** Sets ring and PASID, and enables the queue; the ring is always fetched without PASID. */
  enableQueue(n: number, options: { pasid?: number; control?: number } = {}): void {
    const { pasid, control = 0 } = options;
    this.writeQueue(n, "ringBase", Number(RING) + n * 4096);
    this.writeQueue(n, "ringSize", RING_LOG2);
    this.writeQueue(n, "pasid", pasid ?? 0);
    const pasidBits = pasid === undefined ? 0 : queueControl.pasidValid;
    const bits = queueControl.enable | queueControl.ringWithoutPasid | pasidBits;
    this.writeQueue(n, "control", bits | control);
    this.#tails[n] = 0;
  }

  enableAts(): void {
    this.bus.config.write16(BDF, capabilityAt.ats + 6, 0x8000);
  }

  enablePri(allocation = 64): void {
    this.bus.config.write32(BDF, capabilityAt.pri + 12, allocation);
    this.bus.config.write16(BDF, capabilityAt.pri + 4, 1);
  }

  priStatus(): number {
    return this.bus.config.read16(BDF, capabilityAt.pri + 6);
  }

  /** Enables PASID with execute and privileged mode. */
  enablePasid(bits = 7): void {
    this.bus.config.write16(BDF, capabilityAt.pasid + 6, bits);
  }

  enableMsi(data = 0x51): void {
    this.bus.config.write32(BDF, capabilityAt.msi + 4, 0xfee0_0000);
    this.bus.config.write16(BDF, capabilityAt.msi + 12, data);
    this.bus.config.write16(BDF, capabilityAt.msi + 2, 1);
  }

  /** Puts a descriptor into the ring and rings the doorbell; answers its index. */
  submit(n: number, descriptor: TestDescriptor): number {
    const index = this.#tails[n] ?? 0;
    const at = this.#slot(n, index);
    this.memory.fill(at, DESCRIPTOR_BYTES);
    this.memory.write32(at, descriptor.op | (descriptor.flags ?? 0));
    this.memory.write32(at + 4n, descriptor.length ?? 0);
    this.memory.write64(at + 8n, descriptor.source ?? 0n);
    this.memory.write64(at + 16n, descriptor.destination ?? 0n);
    this.memory.write64(at + 24n, descriptor.pattern ?? 0n);
    this.#tails[n] = (index + 1) % 2 ** RING_LOG2;
    this.writeQueue(n, "tail", this.#tails[n]);
    return index;
  }

  /** The result in a descriptor; undefined while it is not done. */
  result(n: number, index: number): Written | undefined {
    const at = this.#slot(n, index) + 0x30n;
    const status = this.memory.read32(at);
    if ((status & RESULT_DONE) === 0) return undefined;
    return {
      code: status & 0xff,
      bytes: this.memory.read32(at + 4n),
      result: this.memory.read64(at + 8n) ?? -1n,
    };
  }

  run(ticks: number): void {
    this.bus.endpoint(BDF)?.endpoint.tick(ticks);
  }

  /** Ticks until a condition holds; fails a test that would wait for ever. */
  runUntil(holds: () => boolean, limit = 2000): number {
    for (let ticks = 0; ticks < limit; ticks++) {
      if (holds()) return ticks;
      this.run(1);
    }
    throw new Error(`nothing came of it in ${limit} ticks; state ${this.state(0)}`);
  }

  /** Runs on until the queue waits for a response to what it asked. */
  runToWait(n = 0): void {
    this.run(1);
    this.runUntil(() => this.state(n) === queueState.waitingResponse);
  }

  /** Submits and runs until the result is there. */
  perform(n: number, descriptor: TestDescriptor): Written {
    const index = this.submit(n, descriptor);
    this.runUntil(() => this.result(n, index) !== undefined);
    return this.result(n, index) ?? { code: -1, bytes: -1, result: -1n };
  }

  respond(group: number, code: number, pasid?: number): void {
    this.bus.deliverPageGroupResponse({ sourceId: BDF, pasid, group, code });
  }

  invalidate(
    itag: number,
    address: bigint,
    options: { pasid?: number; sizeBit?: boolean; global?: boolean } = {},
  ): void {
    const { pasid, sizeBit = false, global = false } = options;
    const request = { sourceId: BDF, pasid, address, sizeBit, global, itag };
    this.bus.deliverDeviceTlbInvalidate(request);
  }

  counter(name: keyof typeof reg): number {
    return this.read(reg[name]);
  }

  #slot(n: number, index: number): bigint {
    return RING + BigInt(n * 4096 + index * DESCRIPTOR_BYTES);
  }
}
