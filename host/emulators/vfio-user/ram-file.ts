import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import type { BytePort } from "../../memory/byte-port.js";
import type { DmaRegion } from "./dma-regions.js";

/** Where the ranges come from that clients have lent. */
export interface LentMemory {
  readonly all: readonly DmaRegion[];
}

/**
 * Guest RAM in the file that QEMU's memory-backend-file shares: reads and writes at positions of the file.
 * Compare-and-exchange is a read and a write: Node cannot map memory, so that a processor of the guest
 * that writes the same word in between is overwritten.
 */
export class RamFile implements BytePort {
  readonly #fd: number;
  readonly #size: bigint;
  readonly #lent: () => Iterable<LentMemory>;
  readonly #word = new DataView(new ArrayBuffer(8));
  readonly #wordBytes = new Uint8Array(this.#word.buffer);
  /** The range that answered last: accesses come in runs. */
  #last: DmaRegion | undefined;

  /** @throws Error of node:fs if the file cannot be opened for reading and writing. */
  constructor(path: string, lent: () => Iterable<LentMemory>) {
    this.#fd = openSync(path, "r+");
    this.#size = BigInt(fstatSync(this.#fd).size);
    this.#lent = lent;
  }

  close(): void {
    closeSync(this.#fd);
  }

  read64(address: bigint): bigint | undefined {
    const at = this.#position(address, 8n);
    if (at === undefined || readSync(this.#fd, this.#wordBytes, 0, 8, at) !== 8) return undefined;
    return this.#word.getBigUint64(0, true);
  }

  write64(address: bigint, value: bigint): boolean {
    const at = this.#position(address, 8n);
    if (at === undefined) return false;
    this.#word.setBigUint64(0, value, true);
    return writeSync(this.#fd, this.#wordBytes, 0, 8, at) === 8;
  }

  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined {
    const found = this.read64(address);
    if (found !== expected) return found;
    return this.write64(address, replacement) ? expected : undefined;
  }

  tryReadBytes(address: bigint, length: number): Uint8Array | undefined {
    const bytes = new Uint8Array(length);
    if (length === 0) return bytes;
    const at = this.#position(address, BigInt(length));
    if (at === undefined) return undefined;
    return readSync(this.#fd, bytes, 0, length, at) === length ? bytes : undefined;
  }

  tryWriteBytes(address: bigint, bytes: Uint8Array): boolean {
    if (bytes.length === 0) return true;
    const at = this.#position(address, BigInt(bytes.length));
    return at !== undefined && writeSync(this.#fd, bytes, 0, bytes.length, at) === bytes.length;
  }

  /** Where a range lies in the file; undefined if it is not RAM as a whole. */
  #position(address: bigint, length: bigint): number | undefined {
    const region = this.#regionOf(address, length);
    if (region === undefined) return undefined;
    const at = region.fileOffset + (address - region.start);
    return at + length <= this.#size ? Number(at) : undefined;
  }

  #regionOf(address: bigint, length: bigint): DmaRegion | undefined {
    const holds = (region: DmaRegion) =>
      address >= region.start && address + length <= region.end && isRam(region);
    if (this.#last?.lent === true && holds(this.#last)) return this.#last;
    for (const { all } of this.#lent()) {
      const found = all.find(holds);
      if (found !== undefined) return (this.#last = found);
    }
    return undefined;
  }
}

/** In every PC memory goes on here, behind the holes of the first MiB. */
const EXTENDED_MEMORY = 0x10_0000n;

/** Whether a range is the guest's main memory, and no file is behind it. */
export function isPrivateMemory({ writable, start, fileOffset }: DmaRegion): boolean {
  return writable && start === EXTENDED_MEMORY && fileOffset === 0n;
}

/**
 * Whether a range lies in the RAM file. The client passes file descriptors that Node does not see: what has
 * none of its own, ROM and the like, is read-only, or says offset 0 far from address 0.
 */
function isRam({ writable, start, fileOffset }: DmaRegion): boolean {
  return writable && (fileOffset !== 0n || start === 0n);
}
