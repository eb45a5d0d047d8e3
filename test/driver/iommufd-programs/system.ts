import type { ErrorName } from "../../../host/driver/handler/index.js";

/** What a system call answers: a value, or an error by its name. */
export type Result<T = number> = T | ErrorName;

export function isError(result: unknown): result is ErrorName {
  return typeof result === "string";
}

/** A call of a system: it yields what it waits by. */
export type Call<Step, T> = Generator<Step, T, unknown>;

/** Fields of IOMMU_HWPT_ALLOC; the device is the one of the system. Those left out are 0. */
export interface HwptFields {
  readonly flags?: number;
  /** An IOAS, or the parent of a nest. */
  readonly parent: number;
  readonly faultId?: number;
  readonly device?: number;
  readonly dataType?: number;
  readonly data?: Uint8Array;
}

/** Fields of IOMMU_HWPT_INVALIDATE. */
export interface InvalidateFields {
  readonly hwpt: number;
  readonly dataType?: number;
  readonly entryLength: number;
  readonly entries: number;
  /** Undefined: a null pointer. */
  readonly data?: Uint8Array;
}

export interface Invalidated {
  readonly result: Result;
  /** What the call left in entry_num. */
  readonly entries: number;
}

/** A command of /dev/iommu by its bytes. */
export interface CommandFields {
  /** As ioctl(2) takes it. */
  readonly number: number;
  /** Undefined: a null pointer. */
  readonly structure?: Uint8Array;
  /** Memory of the program, to which the 8 bytes at this place of the structure point. */
  readonly pointer?: { readonly at: number; readonly data: Uint8Array };
}

export interface Commanded {
  readonly result: Result;
  /** The structure as the call left it, without the pointer. */
  readonly structure: Uint8Array;
  /** What the pointer points to. */
  readonly data: Uint8Array;
}

/** A descriptor of dma-engine. */
export interface Dma {
  readonly control: number;
  readonly length: number;
  readonly destination: bigint;
  readonly pattern?: bigint;
}

/**
 * A program with a device: a dma-engine that it has bound to an IOMMUFD, as object 1. Linux in a guest, the driver stub,
 * and what was written down of one of them have the same face.
 */
export interface System<Step> {
  command(fields: CommandFields): Call<Step, Commanded>;
  /** Object 2 and so on, in the order of the calls. */
  ioas(): Call<Step, Result>;
  /** A fault queue; its file is known by the same number. */
  faultQueue(): Call<Step, Result>;
  hwpt(fields: HwptFields): Call<Step, Result>;
  /** IOMMU_HWPT_INVALIDATE; answers how many entries were handled besides. */
  invalidate(fields: InvalidateFields): Call<Step, Invalidated>;
  destroy(object: number): Call<Step, Result>;
  /** In the place of what is attached to the PASID (undefined: of requests without). */
  attach(hwpt: number, pasid?: number): Call<Step, Result>;
  detach(pasid?: number): Call<Step, Result>;
  /** New memory for pages of an IOAS. */
  map(ioas: number, iova: bigint, pages: number): Call<Step, Result>;
  unmap(ioas: number, iova: bigint, pages: number): Call<Step, Result>;
  /** A word in a page that was mapped, as the program sees it. */
  peek(iova: bigint): Call<Step, bigint>;
  poke(iova: bigint, value: bigint): Call<Step, void>;

  /** Events of the file, POLLIN 1 and POLLOUT 4; waits for input if `patient`. */
  poll(file: number, patient: boolean): Call<Step, Result>;
  /** Of the buffer's bytes only `room` are there. */
  read(file: number, count: number, room?: number): Call<Step, Result<Uint8Array>>;
  write(file: number, bytes: Uint8Array, room?: number): Call<Step, Result>;
  close(file: number): Call<Step, Result>;

  /** A register of the engine. */
  load(offset: number): Call<Step, number>;
  store(offset: number, value: number): Call<Step, void>;
  /** Puts a queue to work whose ring lies at `ringOf(queue)`, which must be mapped. */
  start(queue: number, pasid?: number): Call<Step, void>;
  /** Takes the queue out of work; nothing may wait for an answer. */
  stop(queue: number): Call<Step, void>;
  submit(queue: number, dma: Dma): Call<Step, void>;
  /** Waits for the queue's last descriptor; answers its status. */
  finish(queue: number): Call<Step, number>;
  /** Lets everything happen that can happen by itself. */
  settle(): Call<Step, void>;
}

export const PAGE = 4096;

export function ringOf(queue: number): bigint {
  return 0x300_0000n + BigInt(queue * PAGE);
}

/** Flags of IOMMU_HWPT_ALLOC. */
export const NEST_PARENT = 1;
export const FAULT_ID_VALID = 4;
export const FOR_PASIDS = 8;
/** Events of poll(2). */
export const POLLIN = 1;
export const POLLOUT = 4;
