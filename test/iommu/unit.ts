/** A unit over guest memory, driven as software drives it: by registers, memory and the queue. */
import {
  GuestMemory,
  Iommu,
  type IommuOptions,
  type MemoryPort,
  type MemorySource,
} from "../../host/index.js";
import { FrameAllocator, type TableMemory } from "../../host/tables/index.js";

/** Offsets of §11.4. */
export const REG = {
  CAP: 0x08,
  ECAP: 0x10,
  GCMD: 0x18,
  GSTS: 0x1c,
  RTADDR: 0x20,
  FSTS: 0x34,
  IQH: 0x80,
  IQT: 0x88,
  IQA: 0x90,
  PQH: 0xc0,
  PQT: 0xc8,
  PQA: 0xd0,
  PRS: 0xdc,
  PECTL: 0xe0,
  PEDATA: 0xe4,
  PEADDR: 0xe8,
} as const;

const TE = 1 << 31;
const SRTP = 1 << 30;
const QIE = 1 << 26;
/** Bits of GSTS that software carries into the next command (§11.4.4.1). */
const KEPT = 0x96ff_ffff;

/** The message of `startPageRequests`. */
export const PAGE_REQUEST_EVENT = { address: 0xfee0_1000n, data: 0x41 } as const;

const WIDE_DESCRIPTORS = 1n << 11n;
const QUEUE_BYTES = 4096n;
const MEMORY_SIZE = 2 ** 20;

export interface UnitOptions extends Omit<IommuOptions, "memory"> {
  /** What the unit reads guest memory through. Default: the memory itself. */
  readonly source?: (memory: GuestMemory) => MemorySource;
}

/** What a fault recording register says (§11.4.7.6). */
export interface FaultRecord {
  readonly index: number;
  readonly reason: number;
  readonly sourceId: number;
  readonly pasid: number | undefined;
  readonly address: bigint;
  readonly type: "write" | "page-request" | "read" | "atomic";
  /** AT: 0 untranslated, 1 translation request, 2 translated. */
  readonly addressType: number;
  readonly privileged: boolean;
  readonly execute: boolean;
}

const TYPES = ["write", "page-request", "read", "atomic"] as const;

export class Unit {
  readonly iommu: Iommu;
  readonly memory: GuestMemory;
  readonly frames: FrameAllocator;
  /** Guest memory as a debugger sees it: poison is for the unit alone. */
  readonly words: TableMemory;
  readonly #invalidationQueue: bigint;
  readonly #wide: boolean;

  private constructor(iommu: Iommu, memory: GuestMemory) {
    this.iommu = iommu;
    this.memory = memory;
    this.frames = new FrameAllocator({ start: 0x1000n, end: BigInt(MEMORY_SIZE) });
    this.words = debuggerView(memory);
    this.#invalidationQueue = this.frames.allocate();
    this.#wide = this.announces("SMTS");
  }

  static async create({ source, ...options }: UnitOptions = {}): Promise<Unit> {
    const memory = GuestMemory.create({ size: MEMORY_SIZE });
    const iommu = await Iommu.create({ ...options, memory: source?.(memory) ?? memory });
    return new Unit(iommu, memory);
  }

  /** Whether CAP or ECAP has a field that is not 0. */
  announces(field: string): boolean {
    return this.iommu.capabilities.values[field] !== 0;
  }

  /** The enabling sequence: invalidation queue, root pointer, translation (§11.4.4.1). */
  start(rootTableAddress: bigint): this {
    this.iommu.write64(REG.IQT, 0n);
    this.iommu.write64(REG.IQA, this.#invalidationQueue | (this.#wide ? WIDE_DESCRIPTORS : 0n));
    this.command(QIE);
    this.setRoot(rootTableAddress);
    this.command(TE);
    return this;
  }

  /**
   * Takes a picture of memory, and answers a function that begins anew with it: power-good reset,
   * memory as it was, and the enabling sequence. Poison stays.
   */
  stage(rootTableAddress: bigint): () => this {
    const image = this.memory.readBytes(0n, MEMORY_SIZE);
    return () => {
      this.memory.writeBytes(0n, image);
      this.iommu.reset("power-good");
      return this.start(rootTableAddress);
    };
  }

  /** RTADDR, and Set Root Table Pointer. */
  setRoot(rootTableAddress: bigint): void {
    this.iommu.write64(REG.RTADDR, rootTableAddress);
    this.command(SRTP);
  }

  stopTranslation(): void {
    this.iommu.write32(REG.GCMD, (this.iommu.read32(REG.GSTS) & KEPT & ~TE) >>> 0);
  }

  private command(bit: number): void {
    this.iommu.write32(REG.GCMD, ((this.iommu.read32(REG.GSTS) & KEPT) | bit) >>> 0);
    if ((this.iommu.read32(REG.GSTS) & bit) === 0) {
      throw new Error(`GSTS does not confirm bit 0x${(bit >>> 0).toString(16)} of GCMD`);
    }
  }

  /** Puts descriptors into the invalidation queue; they must all be executed without an error. */
  submit(...descriptors: readonly (readonly bigint[])[]): void {
    const words = this.#wide ? 4 : 2;
    for (const descriptor of descriptors) {
      const tail = this.iommu.read64(REG.IQT);
      for (let word = 0; word < words; word++) {
        const at = this.#invalidationQueue + tail + 8n * BigInt(word);
        this.words.write64(at, descriptor[word] ?? 0n);
      }
      const next = (tail + 8n * BigInt(words)) % QUEUE_BYTES;
      this.iommu.write64(REG.IQT, next);
      if (this.iommu.read64(REG.IQH) !== next) {
        throw new Error(`the unit refused descriptor 0x${(descriptor[0] ?? 0n).toString(16)}`);
      }
    }
  }

  /** Gives the unit a page request queue of 2^`size` pages, and its event a message without mask. */
  startPageRequests(size = 0): void {
    const queue = this.frames.allocate(2 ** size);
    this.iommu.write64(REG.PQH, 0n);
    this.iommu.write64(REG.PQT, 0n);
    this.iommu.write64(REG.PQA, queue | BigInt(size));
    this.iommu.write32(REG.PEDATA, PAGE_REQUEST_EVENT.data);
    this.iommu.write32(REG.PEADDR, Number(PAGE_REQUEST_EVENT.address));
    this.iommu.write32(REG.PECTL, 0);
  }

  /** Takes what is in the page request queue, as software does: the words of each descriptor. */
  takePageRequests(): bigint[][] {
    const queue = this.iommu.read64(REG.PQA);
    const bytes = 4096n << (queue & 7n);
    const tail = this.iommu.read64(REG.PQT);
    const taken: bigint[][] = [];
    let head = this.iommu.read64(REG.PQH);
    for (; head !== tail; head = (head + 32n) % bytes) {
      const at = (queue & ~0xfffn) + head;
      taken.push([0n, 8n, 16n, 24n].map((offset) => this.words.read64(at + offset)!));
    }
    this.iommu.write64(REG.PQH, head);
    return taken;
  }

  /** Records with F set, through the registers that CAP.FRO and CAP.NFR place. */
  faultRecords(): FaultRecord[] {
    const { offset, count } = this.#faultRegisters();
    return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
      const upper = this.iommu.read64(offset + 16 * index + 8);
      if (upper >> 63n === 0n) return [];
      return [{ index, ...decodeRecord(this.iommu.read64(offset + 16 * index), upper) }];
    });
  }

  /** Clears F of every record, and FSTS.PFO. */
  clearFaults(): void {
    const { offset } = this.#faultRegisters();
    for (const { index } of this.faultRecords()) {
      this.iommu.write32(offset + 16 * index + 12, 0x8000_0000);
    }
    this.iommu.write32(REG.FSTS, 1);
  }

  #faultRegisters(): { offset: number; count: number } {
    const capabilities = this.iommu.read64(REG.CAP);
    return {
      offset: 16 * Number((capabilities >> 24n) & 0x3ffn),
      count: 1 + Number((capabilities >> 40n) & 0xffn),
    };
  }
}

function decodeRecord(lower: bigint, upper: bigint): Omit<FaultRecord, "index"> {
  const bits = (high: number, low: number) =>
    Number((upper >> BigInt(low - 64)) & ((1n << BigInt(high - low + 1)) - 1n));
  return {
    reason: bits(103, 96),
    sourceId: bits(79, 64),
    pasid: bits(95, 95) === 1 ? bits(123, 104) : undefined,
    address: lower,
    type: TYPES[2 * bits(126, 126) + bits(92, 92)]!,
    addressType: bits(125, 124),
    privileged: bits(93, 93) === 1,
    execute: bits(94, 94) === 1,
  };
}

function debuggerView(memory: GuestMemory): TableMemory {
  return {
    read64: (address) =>
      BigInt(memory.read32(address)) | (BigInt(memory.read32(address + 4n)) << 32n),
    write64: (address, value) => {
      memory.write32(address, Number(value & 0xffff_ffffn));
      memory.write32(address + 4n, Number(value >> 32n));
    },
  };
}

/** Guest memory behind a port in JavaScript. */
export function scriptedPort(memory: GuestMemory): MemoryPort {
  return {
    read64: (address) => memory.read64(address),
    write64: (address, value) => memory.write64(address, value),
    compareExchange64: (address, expected, replacement) =>
      memory.compareExchange64(address, expected, replacement),
  };
}
