import type { DeviceDma, DeviceRead } from "./device-dma.js";
import type { V86Cpu } from "./internals.js";

/** The ways in which v86's devices reach guest memory: names of its CPU. */
export type MemoryNames =
  | "mem8"
  | "read8"
  | "read16"
  | "read32s"
  | "write8"
  | "write16"
  | "write32"
  | "read_blob"
  | "write_blob"
  | "zero_memory";

const ZEROS = new Uint8Array(4096);

/** What a device is told of its failed requests, and may decide about its bulk transfers. */
export interface DmaWatch {
  /** A read of 1, 2 or 4 bytes, of a descriptor for instance. */
  word?(size: 1 | 2 | 4, failed: boolean): void;
  /** Some bytes could not be read, or were dropped. */
  failed?(): void;
  /** False if a transfer of many bytes shall move nothing. */
  moves?(): boolean;
}

/**
 * v86's CPU as a device sees it, with its accesses to guest memory sent through a remapping unit;
 * interrupts, ports and everything else stay those of the CPU itself.
 */
export function cpuForDevice(cpu: V86Cpu, dma: DeviceDma, watch: DmaWatch = {}): V86Cpu {
  const load = (address: number, length: number): DeviceRead => {
    const read = dma.read(address, length);
    if (read.failed) watch.failed?.();
    return read;
  };
  const store = (address: number, bytes: Uint8Array): void => {
    if (!dma.write(address, bytes)) watch.failed?.();
  };
  const readWord = (address: number, size: 1 | 2 | 4): DataView => {
    const { bytes, failed } = load(address, size);
    watch.word?.(size, failed);
    return new DataView(bytes.buffer);
  };
  const writeWord = (address: number, size: 1 | 2 | 4, value: number): void => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, value, true);
    store(address, bytes.subarray(0, size));
  };
  const moves = (): boolean => watch.moves?.() ?? true;
  const readMany = (address: number, length: number): Uint8Array =>
    moves() ? load(address, Math.max(0, length)).bytes : new Uint8Array();
  const through: Pick<V86Cpu, Exclude<MemoryNames, "mem8">> & {
    mem8: Pick<Uint8Array, "subarray">;
  } = {
    mem8: {
      subarray: (start = 0, end = start) => readMany(start, end - start),
    },
    read8: (address) => readWord(address, 1).getUint8(0),
    read16: (address) => readWord(address, 2).getUint16(0, true),
    read32s: (address) => readWord(address, 4).getInt32(0, true),
    write8: (address, value) => {
      writeWord(address, 1, value);
    },
    write16: (address, value) => {
      writeWord(address, 2, value);
    },
    write32: (address, value) => {
      writeWord(address, 4, value);
    },
    read_blob: readMany,
    write_blob: (bytes, address) => {
      if (moves()) store(address, bytes);
    },
    zero_memory: (address, length) => {
      for (let done = 0; done < length >>> 0; done += ZEROS.length) {
        store(address + done, ZEROS.subarray(0, (length >>> 0) - done));
      }
    },
  };
  return Object.assign(Object.create(cpu) as V86Cpu, through);
}
