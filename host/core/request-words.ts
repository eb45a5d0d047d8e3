import type {
  Access,
  InterruptRequest,
  MemoryRequest,
  PageRequest,
  TranslatedRequest,
  TranslationRequest,
} from "../spec/requests.js";

/** Stands for "without PASID" in the calls of the core. */
const NO_PASID = 0xffffffff | 0;

const accessTypes: Readonly<Record<Access, number>> = { read: 0, write: 1, atomic: 2 };
const PRIVILEGED = 1 << 2;
const EXECUTE = 1 << 3;
const SIZE_SHIFT = 16;
const DEFAULT_SIZE = 8;
const PAGE_SIZE = 4096;
const ADDRESS_LIMIT = 1n << 64n;

/** The requester, the PASID and the address of a call, checked. */
export interface RequestWords {
  readonly sourceId: number;
  readonly pasid: number;
  readonly low: number;
  readonly high: number;
}

interface Requester {
  readonly sourceId: number;
  readonly pasid?: number | undefined;
  readonly address: bigint;
}

/** @throws RangeError naming a field of the request that is out of range. */
export function requestWords({ sourceId, pasid, address }: Requester): RequestWords {
  checkSourceId(sourceId);
  if (pasid !== undefined && (!Number.isInteger(pasid) || pasid < 0 || pasid > 0xfffff)) {
    throw new RangeError(`pasid is ${pasid}: expected 0 to 0xfffff, or undefined for none`);
  }
  if (typeof address !== "bigint" || address < 0n || address >= ADDRESS_LIMIT) {
    throw new RangeError(`address is ${String(address)}: expected a bigint of 64 bits`);
  }
  return {
    sourceId,
    pasid: pasid ?? NO_PASID,
    low: Number(address & 0xffffffffn) | 0,
    high: Number(address >> 32n) | 0,
  };
}

export function checkSourceId(sourceId: number): void {
  if (!Number.isInteger(sourceId) || sourceId < 0 || sourceId > 0xffff) {
    throw new RangeError(`sourceId is ${sourceId}: expected 0 to 0xffff (bus 15:8, devfn 7:0)`);
  }
}

/** The access word of a memory request (assembly/request.ts). */
export function accessWord(request: MemoryRequest | TranslatedRequest): number {
  const type = accessTypes[request.access];
  if (type === undefined) {
    const known = Object.keys(accessTypes).join(", ");
    throw new RangeError(`access is "${String(request.access)}": expected one of ${known}`);
  }
  const size = request.size ?? DEFAULT_SIZE;
  const room = PAGE_SIZE - Number(request.address & 0xfffn);
  if (!Number.isInteger(size) || size < 0 || size > room) {
    throw new RangeError(
      `size is ${size}: expected 0 to ${room}, so that it stays in its 4 KiB page`,
    );
  }
  const privileged = "privileged" in request && request.privileged === true;
  return (
    type |
    (privileged ? PRIVILEGED : 0) |
    (request.execute === true ? EXECUTE : 0) |
    (size << SIZE_SHIFT)
  );
}

/** A translation request: a write stands for NW clear. */
export function translationWord(request: TranslationRequest): number {
  return (
    accessTypes[request.noWrite === true ? "read" : "write"] |
    (request.privileged === true ? PRIVILEGED : 0) |
    (request.execute === true ? EXECUTE : 0) |
    (DEFAULT_SIZE << SIZE_SHIFT)
  );
}

/** The flags of a page request (assembly/page-request-queue.ts). */
export function pageRequestFlags(request: PageRequest): number {
  const { group } = request;
  if (!Number.isInteger(group) || group < 0 || group > 511) {
    throw new RangeError(`group is ${group}: expected 0 to 511`);
  }
  return (
    (request.read ? 1 : 0) |
    (request.write ? 2 : 0) |
    (request.last ? 4 : 0) |
    (request.execute === true ? 8 : 0) |
    (request.privileged === true ? 16 : 0) |
    (group << 16)
  );
}

const INTERRUPT_RANGE = 0xfee00000n;
const INTERRUPT_RANGE_BYTES = 1n << 20n;

/** The lower half of an interrupt request's address, and its data (§5.1.2). */
export function interruptWords(request: InterruptRequest): { low: number; data: number } {
  const { sourceId, address, data } = request;
  checkSourceId(sourceId);
  const offset = typeof address === "bigint" ? address - INTERRUPT_RANGE : -1n;
  if (offset < 0n || offset >= INTERRUPT_RANGE_BYTES || (offset & 3n) !== 0n) {
    const found = typeof address === "bigint" ? `0x${address.toString(16)}` : String(address);
    throw new RangeError(
      `address is ${found}: expected a multiple of 4, 0xfee00000n to 0xfeeffffcn`,
    );
  }
  if (!Number.isInteger(data) || data < 0 || data > 0xffffffff) {
    throw new RangeError(`data is ${data}: expected 32 bits`);
  }
  return { low: Number(address) | 0, data: data | 0 };
}
