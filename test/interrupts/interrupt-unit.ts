/** A unit that remaps interrupts, set up as software does it (§6.7, §11.4.4.1). */
import { GuestMemory, Iommu, type IommuOptions } from "../../host/index.js";
import {
  FrameAllocator,
  InterruptTable,
  PostedDescriptor,
  remappableMessage,
  type PostedDescriptorOptions,
} from "../../host/tables/index.js";
import type { MessageSignaledInterrupt, RemapInterruptResult } from "../../host/spec/index.js";

export const REG = {
  GCMD: 0x18,
  GSTS: 0x1c,
  FSTS: 0x34,
  FECTL: 0x38,
  IQH: 0x80,
  IQT: 0x88,
  IQA: 0x90,
  IQERCD: 0xb0,
  IRTA: 0xb8,
  FRCD: 0x220,
} as const;

export const QIE = 1 << 26;
export const IRE = 1 << 25;
export const SIRTP = 1 << 24;
export const CFI = 1 << 23;
/** Bits of GSTS that software carries into the next command (§11.4.4.1). */
const KEPT = 0x96ff_ffff;

/** Bus 3, device 2, function 1. */
export const DEVICE = 0x0311;
/** Room for the largest table and more. */
const MEMORY_SIZE = 2 ** 21;
const NOTIFICATION = { vector: 0xe2, destination: 0x21 };

export interface InterruptUnitOptions extends Omit<IommuOptions, "memory"> {
  /** Of the table. Default 256. */
  readonly entries?: number;
  /** EIME. Default false. */
  readonly extended?: boolean;
  /** Whether remapping is switched on. Default true. */
  readonly enabled?: boolean;
}

export interface RecordedInterruptFault {
  readonly reason: number;
  readonly sourceId: number;
  readonly index: number;
  readonly lower: bigint;
  /** Bits 127:64 without F, reason and source-id. */
  readonly rest: bigint;
}

export class InterruptUnit {
  readonly frames = new FrameAllocator({ start: 0x1000n, end: BigInt(MEMORY_SIZE) });
  readonly table: InterruptTable;
  /** What the unit has sent by itself. */
  readonly sent: MessageSignaledInterrupt[] = [];
  readonly #queue: bigint;

  private constructor(
    readonly iommu: Iommu,
    readonly memory: GuestMemory,
    options: InterruptUnitOptions,
  ) {
    const { entries = 256, extended = false, enabled = true } = options;
    this.table = InterruptTable.create({ memory, frames: this.frames, entries, extended });
    this.#queue = this.frames.allocate();
    iommu.on("interrupt", (message) => this.sent.push(message));
    iommu.write64(REG.IQA, this.#queue);
    this.command(QIE);
    iommu.write64(REG.IRTA, this.table.tableAddress);
    this.command(SIRTP);
    if (enabled) this.command(IRE);
  }

  static async create(options: InterruptUnitOptions = {}): Promise<InterruptUnit> {
    const memory = GuestMemory.create({ size: MEMORY_SIZE });
    const { entries, extended, enabled, ...rest } = options;
    const iommu = await Iommu.create({ ...rest, memory });
    return new InterruptUnit(iommu, memory, {
      ...(entries !== undefined && { entries }),
      ...(extended !== undefined && { extended }),
      ...(enabled !== undefined && { enabled }),
    });
  }

  get status(): number {
    return this.iommu.read32(REG.GSTS);
  }

  command(bit: number, set = true): void {
    const status = this.status & KEPT;
    this.iommu.write32(REG.GCMD, (set ? status | bit : status & ~bit) >>> 0);
  }

  /** A message of the device for entry `handle`, or `handle + subhandle`. */
  interrupt(handle: number, subhandle?: number, sourceId = DEVICE): RemapInterruptResult {
    return this.iommu.remapInterrupt({ sourceId, ...remappableMessage(handle, subhandle) });
  }

  /** A posted-interrupt descriptor in a frame of its own. */
  descriptor(options: Partial<PostedDescriptorOptions> = {}): PostedDescriptor {
    const { memory, frames } = this;
    const extended = this.table.extended;
    return PostedDescriptor.create({
      ...NOTIFICATION,
      memory,
      address: frames.allocate(),
      extended,
      ...options,
    });
  }

  /** Submits 128-bit descriptors. */
  submit(...descriptors: readonly (readonly [bigint, bigint])[]): void {
    for (const words of descriptors) {
      const tail = this.iommu.read64(REG.IQT);
      words.forEach((word, i) => this.memory.write64(this.#queue + tail + 8n * BigInt(i), word));
      this.iommu.write64(REG.IQT, (tail + 16n) % 4096n);
    }
  }

  faults(): RecordedInterruptFault[] {
    return [0, 1, 2, 3, 4, 5, 6, 7].flatMap((index) => {
      const upper = this.iommu.read64(REG.FRCD + 16 * index + 8);
      if (upper >> 63n === 0n) return [];
      const lower = this.iommu.read64(REG.FRCD + 16 * index);
      return [
        {
          reason: Number((upper >> 32n) & 0xffn),
          sourceId: Number(upper & 0xffffn),
          index: Number(lower >> 48n),
          lower: lower & 0xffff_ffff_ffffn,
          rest: upper & ~((1n << 63n) | (0xffn << 32n) | 0xffffn),
        },
      ];
    });
  }
}

/** Interrupt entry cache invalidation (§6.5.2.8): of everything, or of 2^mask indexes. */
export function invalidateEntries(index?: number, mask = 0): [bigint, bigint] {
  if (index === undefined) return [4n, 0n];
  return [4n | (1n << 4n) | (BigInt(mask) << 27n) | (BigInt(index) << 32n), 0n];
}
