import type { Iommu } from "../../iommu.js";
import type { GuestMemory } from "../../memory/guest-memory.js";
import { invalidationDescriptors, pageRequestDescriptor } from "../../spec/descriptors.js";
import { registers } from "../../spec/registers.js";
import { encodeEntry, TableEntry, type EntryFields } from "../../tables/entry.js";
import type { FrameAllocator } from "../../tables/frames.js";
import { ScalableTables } from "../../tables/scalable.js";

/** Words of an invalidation descriptor of 256 bits. */
export type DescriptorWords = readonly bigint[];

const offsetOf = (mnemonic: string): number => {
  const found = registers.find((register) => register.mnemonic === mnemonic);
  if (found === undefined) throw new RangeError(`no register is "${mnemonic}"`);
  return found.offset;
};
const bitOf = (mnemonic: string, name: string): bigint => {
  const { fields } = registers.find((register) => register.mnemonic === mnemonic)!;
  return 1n << BigInt(fields.find((field) => field.name === name)!.low);
};

const [GCMD, RTADDR, IQA, IQT] = ["GCMD", "RTADDR", "IQA", "IQT"].map(offsetOf) as [
  number,
  number,
  number,
  number,
];
const [PQA, PQH, PQT] = ["PQA", "PQH", "PQT"].map(offsetOf) as [number, number, number];
const QIE = bitOf("GCMD", "QIE");
const SRTP = bitOf("GCMD", "SRTP");
const TE = bitOf("GCMD", "TE");
const DW = bitOf("IQA", "DW");
const PENDING = offsetOf("PRS");

/** Two pages of 256-bit descriptors (IQA.QS 1), and 2^4 pages of page requests: as many as Linux has. */
const QUEUE_SIZE = 1n;
const DESCRIPTOR_BYTES = 32;
const QUEUE_BYTES = 2 * 4096;
const PAGE_REQUEST_QUEUE_SIZE = 4;
const PAGE_REQUEST_QUEUE_BYTES = 4096 * 2 ** PAGE_REQUEST_QUEUE_SIZE;
const DONE = 2;

/** A page request as it stands in the queue (§7.4.1.1). */
export interface QueuedPageRequest {
  readonly sourceId: number;
  readonly pasid: number | undefined;
  readonly address: bigint;
  readonly group: number;
  readonly last: boolean;
}

/**
 * The software side of a unit, no more of it than workloads need: scalable-mode tables, invalidation queue, page
 * request queue. The unit does its work within the call that gives it, so that nothing is waited for.
 */
export class UnitSoftware {
  readonly tables: ScalableTables;
  readonly #iommu: Iommu;
  readonly #memory: GuestMemory;
  readonly #queue: bigint;
  readonly #status: bigint;
  readonly #pageRequests: bigint;
  #tail = 0;

  /** Sets up a unit after its reset, as Linux does: root table, both queues, translation. */
  constructor(iommu: Iommu, memory: GuestMemory, frames: FrameAllocator) {
    this.#iommu = iommu;
    this.#memory = memory;
    this.#queue = frames.allocate(QUEUE_BYTES / 4096);
    this.#status = frames.allocate(1);
    iommu.write64(IQT, 0n);
    iommu.write64(IQA, this.#queue | DW | QUEUE_SIZE);
    iommu.write32(GCMD, Number(QIE));
    this.tables = ScalableTables.create({ memory, frames });
    iommu.write64(RTADDR, this.tables.rootTableAddress);
    iommu.write32(GCMD, Number(QIE | SRTP));
    this.#pageRequests = frames.allocate(2 ** PAGE_REQUEST_QUEUE_SIZE);
    iommu.write64(PQA, this.#pageRequests | BigInt(PAGE_REQUEST_QUEUE_SIZE));
    iommu.write32(GCMD, Number(QIE | TE) | 0);
  }

  /** Queues descriptors and a wait behind them (§6.5.2.9). @throws Error if the unit does not execute them */
  invalidate(descriptors: readonly DescriptorWords[]): void {
    const status = encodeDescriptor("WAIT", {
      SW: 1,
      STATUS_DATA: DONE,
      STATUS_ADDR: this.#status,
    });
    this.#memory.write64(this.#status, 0n);
    for (const words of [...descriptors, status]) {
      for (let word = 0; word < DESCRIPTOR_BYTES / 8; word++) {
        const address = this.#queue + BigInt(this.#tail + 8 * word);
        this.#memory.write64(address, words[word] ?? 0n);
      }
      this.#tail = (this.#tail + DESCRIPTOR_BYTES) % QUEUE_BYTES;
    }
    this.#iommu.write64(IQT, BigInt(this.#tail));
    if (this.#memory.read64(this.#status) !== BigInt(DONE)) {
      throw new Error("the unit did not execute its invalidation queue");
    }
  }

  /** Takes the page requests out of their queue, oldest first; `each` may have the unit do work. */
  takePageRequests(each: (request: QueuedPageRequest) => void): void {
    this.#iommu.write32(PENDING, 1);
    const tail = this.#iommu.read64(PQT);
    let head = this.#iommu.read64(PQH);
    while (head !== tail) {
      each(this.#pageRequestAt(head));
      const next = head + BigInt(pageRequestDescriptor.bits / 8);
      head = next % BigInt(PAGE_REQUEST_QUEUE_BYTES);
    }
    this.#iommu.write64(PQH, head);
  }

  #pageRequestAt(offset: bigint): QueuedPageRequest {
    const place = this.#pageRequests + offset;
    const entry = new TableEntry(this.#memory, pageRequestDescriptor, place);
    const number = (field: string) => Number(entry.get(field));
    return {
      sourceId: number("RID"),
      pasid: number("PP") === 1 ? number("PASID") : undefined,
      address: entry.get("ADDR"),
      group: number("PRGI"),
      last: number("LPIG") === 1,
    };
  }
}

/** An invalidation descriptor by its name in `invalidationDescriptors`. */
export function encodeDescriptor(name: string, fields: EntryFields): DescriptorWords {
  const descriptor = invalidationDescriptors.find((each) => each.name === name);
  if (descriptor === undefined) throw new RangeError(`no invalidation descriptor is "${name}"`);
  const { type } = descriptor;
  return encodeEntry(descriptor, { TYPE_LOW: type & 0xf, TYPE_HIGH: type >> 4, ...fields });
}
