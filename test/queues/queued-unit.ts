/** A unit with an invalidation queue in guest memory, driven by registers and memory alone. */
import {
  GuestMemory,
  Iommu,
  type DeviceTlbInvalidate,
  type IommuOptions,
  type MessageSignaledInterrupt,
  type PageGroupResponse,
} from "../../host/index.js";
import { FrameAllocator } from "../../host/tables/index.js";
import { QIE, REG, SRTP, TE } from "../registers/offsets.js";

/** Bits of GSTS that software carries into the next command (§11.4.4.1). */
const KEPT = 0x96ff_ffff;
const MEMORY_SIZE = 2 ** 22;

export interface QueueOptions {
  /** QS: the queue has 2^QS pages. Default 0. */
  readonly sizeCode?: number;
  /** DW: descriptors of 256 bits. Default: as ECAP.SMTS. */
  readonly wide?: boolean;
}

/** What the unit has sent, in order. */
export interface Sent {
  readonly interrupts: MessageSignaledInterrupt[];
  readonly responses: PageGroupResponse[];
  readonly invalidations: DeviceTlbInvalidate[];
}

export class QueuedUnit {
  readonly iommu: Iommu;
  readonly memory: GuestMemory;
  readonly frames = new FrameAllocator({ start: 0x1000n, end: BigInt(MEMORY_SIZE) });
  readonly sent: Sent = { interrupts: [], responses: [], invalidations: [] };
  /** What IQA_REG was given last. */
  base = 0n;
  bytes = 0;
  stride = 0;
  /** Offset behind the last descriptor that was put into memory. */
  #tail = 0;

  private constructor(iommu: Iommu, memory: GuestMemory) {
    this.memory = memory;
    this.iommu = iommu;
    iommu.on("interrupt", (message) => this.sent.interrupts.push(message));
    iommu.on("pageGroupResponse", (response) => this.sent.responses.push(response));
    iommu.on("deviceTlbInvalidate", (request) => this.sent.invalidations.push(request));
  }

  static async create(options: Partial<IommuOptions> = {}): Promise<QueuedUnit> {
    const memory = GuestMemory.create({ size: MEMORY_SIZE });
    return new QueuedUnit(await Iommu.create({ memory, ...options }), memory);
  }

  // ---- commands ----

  /** Changes one bit of GCMD the way that §11.4.4.1 asks software to. */
  command(bit: number, on = true): void {
    const kept = (this.iommu.read32(REG.GSTS) & KEPT) >>> 0;
    this.iommu.write32(REG.GCMD, (on ? kept | bit : kept & ~bit) >>> 0);
  }

  setRoot(rootTableAddress: bigint): void {
    this.iommu.write64(REG.RTADDR, rootTableAddress);
    this.command(SRTP);
  }

  /** Root pointer and translation. */
  translateWith(rootTableAddress: bigint): void {
    this.setRoot(rootTableAddress);
    this.command(TE);
  }

  get status(): number {
    return this.iommu.read32(REG.GSTS);
  }

  get faultStatus(): number {
    return this.iommu.read32(REG.FSTS);
  }

  // ---- the queue ----

  /** A queue in fresh frames, enabled. */
  enableQueue({ sizeCode = 0, wide = this.announces("SMTS") }: QueueOptions = {}): void {
    this.base = this.frames.allocate(1 << sizeCode);
    this.bytes = 4096 << sizeCode;
    this.stride = wide ? 32 : 16;
    this.memory.fill(this.base, this.bytes);
    this.#tail = 0;
    this.iommu.write64(REG.IQT, 0n);
    this.iommu.write64(REG.IQA, this.base | (wide ? 1n << 11n : 0n) | BigInt(sizeCode));
    this.command(QIE);
  }

  announces(field: string): boolean {
    return this.iommu.capabilities.values[field] !== 0;
  }

  /** Writes descriptors behind the last one, without telling the unit; answers the new tail. */
  put(...descriptors: readonly (readonly bigint[])[]): number {
    for (const words of descriptors) {
      this.overwrite(this.#tail, words);
      this.#tail = (this.#tail + this.stride) % this.bytes;
    }
    return this.#tail;
  }

  /** Writes a descriptor at an offset of the queue. */
  overwrite(offset: number, words: readonly bigint[]): void {
    for (let word = 0; word < this.stride / 8; word++) {
      const at = this.base + BigInt(offset + 8 * word);
      this.memory.write64(at, words[word] ?? 0n);
    }
  }

  /** Writes descriptors and IQT. */
  submit(...descriptors: readonly (readonly bigint[])[]): void {
    this.iommu.write64(REG.IQT, BigInt(this.put(...descriptors)));
  }

  /** Continues at an offset: what software that starts over in a queue does. */
  continueAt(offset: number): void {
    this.#tail = offset;
  }

  get head(): number {
    return Number(this.iommu.read64(REG.IQH));
  }

  /** Offset that software writes next. */
  get tail(): number {
    return this.#tail;
  }

  /** IQERCD.IQEI if FSTS.IQE is set, else 0. */
  get queueError(): number {
    const iqe = (this.faultStatus >> 4) & 1;
    return iqe === 0 ? 0 : Number(this.iommu.read64(REG.IQERCD) & 0xfn);
  }

  // ---- events ----

  /** Programs the message of an event and takes its mask away: FECTL, IECTL or PECTL. */
  unmask(control: number, message: { readonly address: number; readonly data: number }): void {
    this.iommu.write32(control + 4, message.data);
    this.iommu.write32(control + 8, message.address);
    this.iommu.write32(control, 0);
  }

  /** What was sent since the last call. */
  takeInterrupts(): MessageSignaledInterrupt[] {
    return this.sent.interrupts.splice(0);
  }
}
