import { Errno } from "../errno.js";
import { KernelObject, perform, type Kernel, type Routine, type Step } from "../kernel/index.js";

const PAGE = 0x1000n;
/** What lies below is never mapped, as with vm.mmap_min_addr. */
const FIRST_ADDRESS = 0x1_0000n;

export interface UserMemoryOptions {
  /** Each copy is a place that may fail, as allocations are. Default false. */
  readonly copiesFail?: boolean;
}

/** A piece of a process's memory, with nothing mapped around it. Copies of the kernel are steps on it. */
export class UserBuffer extends KernelObject {
  /** Virtual address of its first byte. */
  readonly address: bigint;
  readonly #bytes: Uint8Array;
  #mapped: number;

  constructor(kernel: Kernel, address: bigint, bytes: Uint8Array) {
    super(kernel, `user memory at 0x${address.toString(16)}`);
    this.address = address;
    this.#bytes = bytes;
    this.#mapped = bytes.length;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** The bytes as the process sees them. */
  get bytes(): Uint8Array {
    this.kernel.touch(this, "write");
    return this.#bytes;
  }

  get view(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes;
    return new DataView(buffer, byteOffset, byteLength);
  }

  /** Unmaps what lies behind the first `length` bytes: copies that come there end with EFAULT. */
  truncate(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.length) {
      throw new RangeError(`length is ${length}: expected 0 to ${this.length}`);
    }
    this.kernel.touch(this, "write");
    this.#mapped = length;
  }

  /** How many of `length` bytes at `offset` are mapped. */
  reach(offset: number, length: number): number {
    return Math.max(0, Math.min(length, this.#mapped - offset));
  }
}

/** The memory of a process: what the kernel copies from and to. Fresh memory is all zeros. */
export class UserMemory {
  readonly #kernel: Kernel;
  readonly #copiesFail: boolean;
  readonly #buffers: UserBuffer[] = [];
  /** What copies that reach no buffer are a step on. */
  readonly #nowhere: UserBuffer;
  #next = FIRST_ADDRESS;

  constructor(kernel: Kernel, { copiesFail = false }: UserMemoryOptions = {}) {
    this.#kernel = kernel;
    this.#copiesFail = copiesFail;
    this.#nowhere = new UserBuffer(kernel, 0n, new Uint8Array());
  }

  /** Maps so many bytes, or these, at a page boundary of its own. */
  map(content: number | Uint8Array): UserBuffer {
    const bytes = typeof content === "number" ? new Uint8Array(content) : content.slice();
    const buffer = new UserBuffer(this.#kernel, this.#next, bytes);
    this.#buffers.push(buffer);
    this.#next += (BigInt(bytes.length) / PAGE + 2n) * PAGE;
    return buffer;
  }

  /** copy_from_user: EFAULT unless all of it is mapped. */
  *copyIn(address: bigint, length: number): Routine<Uint8Array | Errno> {
    if (length === 0) return new Uint8Array();
    const { buffer, offset } = this.#find(address);
    return yield* perform(
      this.#copy("copy from", buffer, "read", () =>
        buffer.reach(offset, length) < length
          ? fault(address)
          : buffer.bytes.slice(offset, offset + length),
      ),
    );
  }

  /** copy_to_user: EFAULT unless all of it is mapped; what is mapped ahead of that has been written. */
  *copyOut(address: bigint, bytes: Uint8Array): Routine<0 | Errno> {
    if (bytes.length === 0) return 0;
    const { buffer, offset } = this.#find(address);
    return yield* perform(
      this.#copy("copy to", buffer, "write", () => {
        const reach = buffer.reach(offset, bytes.length);
        buffer.bytes.set(bytes.subarray(0, reach), offset);
        return reach < bytes.length ? fault(address) : 0;
      }),
    );
  }

  /** Sets the bits that are set in `bytes`, where memory is mapped; EFAULT if not all of it is. */
  *setBits(address: bigint, bytes: Uint8Array): Routine<0 | Errno> {
    if (bytes.length === 0) return 0;
    const { buffer, offset } = this.#find(address);
    return yield* perform(
      this.#copy("set bits in", buffer, "write", () => {
        const reach = buffer.reach(offset, bytes.length);
        for (let at = 0; at < reach; at++) buffer.bytes[offset + at]! |= bytes[at]!;
        return reach < bytes.length ? fault(address) : 0;
      }),
    );
  }

  #copy<T>(
    verb: string,
    object: UserBuffer,
    kind: "read" | "write",
    run: () => T,
  ): Step<T | Errno> {
    return {
      ...{ verb, object, kind },
      sleeps: true,
      run: (task) => {
        const fails = this.#copiesFail && this.#kernel.injection.fails(task, `${verb} user memory`);
        return fails ? fault(object.address) : run();
      },
    };
  }

  #find(address: bigint): { buffer: UserBuffer; offset: number } {
    const holds = ({ address: start, length }: UserBuffer) =>
      address >= start && address < start + BigInt(length);
    const buffer = this.#buffers.find(holds) ?? this.#nowhere;
    return { buffer, offset: Number(address - buffer.address) };
  }
}

function fault(address: bigint): Errno {
  return new Errno("EFAULT", `user memory at 0x${address.toString(16)} cannot be reached`);
}
