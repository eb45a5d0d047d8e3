import { dmaEngineRegisters as registers } from "viommu/devices";
import type { Machine } from "viommu";

/** What an engine does with a run of bytes. */
export interface Transfer {
  /** "write" fills with zeros, "read" looks whether there are zeros. */
  readonly kind: "write" | "read" | "nop";
  readonly iova: bigint;
  /** Bytes. Default 8. */
  readonly length?: number;
  /** Translate through the device TLB. Default false. */
  readonly ats?: boolean;
}

export interface QueueOptions {
  /** Where the ring lies in memory. */
  readonly ring: bigint;
  /** Where the engine finds it, without PASID. */
  readonly ringIova: bigint;
  /** 0 to 3. Default 0. */
  readonly queue?: number;
  /** Of the transfers. Default: none. */
  readonly pasid?: number | undefined;
}

const RING_LOG2 = 2;
const OPERATION = { nop: 0, write: 2, read: 3 };
const { reg, queueReg, queueControl, descriptorFlag, manner, queueState } = registers;
const MOST_TICKS = 1000;

/** A queue of a dma-engine of a machine. */
export class EngineQueue {
  readonly #machine: Machine;
  readonly #bar: number;
  readonly #block: number;
  readonly #ring: bigint;
  #tail = 0;

  constructor(machine: Machine, sourceId: number, options: QueueOptions) {
    const { ring, ringIova, queue = 0, pasid } = options;
    this.#machine = machine;
    this.#bar = machine.config.read32(sourceId, 0x10);
    this.#block = this.#bar + registers.QUEUE_BASE + registers.QUEUE_STRIDE * queue;
    this.#ring = ring;
    this.#write(this.#block + queueReg.ringSize, RING_LOG2);
    this.#write(this.#block + queueReg.ringBase, Number(ringIova));
    this.#write(this.#block + queueReg.pasid, pasid ?? 0);
    const valid = pasid === undefined ? 0 : queueControl.pasidValid;
    const { enable, ringWithoutPasid } = queueControl;
    this.#write(this.#block + queueReg.control, enable | ringWithoutPasid | valid);
  }

  /** From now on the device keeps translations that it was told to drop. */
  keepStaleTranslations(): void {
    this.#write(this.#bar + reg.manners, manner.staleTlb);
  }

  /** Valid entries of the device TLB. */
  get tlbUsed(): number {
    return this.#machine.bus.read32(BigInt(this.#bar + reg.tlbUsed));
  }

  /** Does a transfer to its end; answers its status: 0 for OK, 1 for Unsupported Request. "halted": no ring. */
  run({ kind, iova, length = 8, ats = false }: Transfer): number | "halted" {
    const { memory } = this.#machine;
    const slot = this.#ring + BigInt(this.#tail * registers.DESCRIPTOR_BYTES);
    memory.fill(slot, registers.DESCRIPTOR_BYTES);
    const flags = ats ? descriptorFlag.useAts : 0;
    memory.write32(slot, OPERATION[kind] | flags);
    memory.write32(slot + 4n, length);
    memory.write64(slot + (kind === "write" ? 0x10n : 8n), iova);
    this.#tail = (this.#tail + 1) % 2 ** RING_LOG2;
    this.#write(this.#block + queueReg.tail, this.#tail);
    for (let ticks = 0; ticks < MOST_TICKS; ticks++) {
      const status = memory.read32(slot + 0x30n) >>> 0;
      if (status >= registers.RESULT_DONE) return status & 0xff;
      const state = this.#machine.bus.read32(BigInt(this.#block + queueReg.status)) & 15;
      if (state === queueState.halted) return "halted";
      this.#machine.run(1);
    }
    throw new Error(`${kind} at 0x${iova.toString(16)} has no end`);
  }

  #write(address: number, value: number): void {
    this.#machine.bus.write32(BigInt(address), value);
  }
}
