import type { Features } from "./registers-by-hand.js";
import { QIE, REG, UnitWorld } from "./unit-world.js";

export const QUEUE = 0x4_0000n;
export const STATUS = 0x5_0008n;

export interface QueueOptions {
  /** 256-bit descriptors. Default true. */
  wide?: boolean;
  /** QS: 2^QS pages. Default 0. */
  size?: number;
  /** Written to RTADDR_REG and latched; default none. */
  root?: bigint;
  features?: Features;
}

/** Descriptors as numbers of 128 or 256 bits, bit 0 lowest. */
export const at = (value: bigint | number, low: number): bigint => BigInt(value) << BigInt(low);

/** An invalidation wait that writes its data to STATUS. */
export const statusWait = (data: number): bigint => 5n | at(1, 5) | at(data, 32) | (STATUS << 64n);

export const DEVICE_TLB = (sourceId: number): bigint => 3n | at(sourceId, 32);

/** A unit with queued invalidation enabled. */
export class QueueWorld extends UnitWorld {
  readonly #bytes: bigint;
  readonly #queueBytes: bigint;
  #tail = 0n;

  constructor(options: QueueOptions = {}) {
    super(options.features);
    const { wide = true, size = 0, root } = options;
    this.#bytes = wide ? 32n : 16n;
    this.#queueBytes = 4096n << BigInt(size);
    if (root !== undefined) this.setRoot(root);
    this.unit.write64(REG.IQA, QUEUE | (wide ? 0x800n : 0n) | BigInt(size));
    this.command(QIE);
  }

  /** Puts descriptors into the queue, and moves the tail behind them. */
  submit(...descriptors: bigint[]): this {
    for (const descriptor of descriptors) {
      this.put(this.#tail, descriptor);
      this.#tail = (this.#tail + this.#bytes) % this.#queueBytes;
    }
    this.unit.write64(REG.IQT, this.#tail);
    return this;
  }

  /** Writes a descriptor at an offset. */
  put(offset: bigint, descriptor: bigint): void {
    for (let byte = 0n; byte < this.#bytes; byte += 8n) {
      this.memory.write64(QUEUE + offset + byte, descriptor >> (8n * byte));
    }
  }

  get head(): bigint {
    return this.unit.read64(REG.IQH);
  }

  get tail(): bigint {
    return this.#tail;
  }

  /** The dword that waits write. */
  get statusData(): number {
    return Number((this.memory.read64(STATUS) ?? 0n) & 0xffff_ffffn);
  }

  /** IQEI while IQE is set. */
  get error(): number | undefined {
    const iqe = (this.unit.read32(REG.FSTS) & 0x10) !== 0;
    return iqe ? Number(this.unit.read64(REG.IQERCD) & 0xfn) : undefined;
  }
}
