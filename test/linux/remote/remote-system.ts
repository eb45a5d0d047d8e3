import { wait, type ErrorName } from "../../../host/driver/handler/index.js";
import {
  isError,
  PAGE,
  POLLIN,
  ringOf,
  type Call,
  type Commanded,
  type CommandFields,
  type Dma,
  type HwptFields,
  type Invalidated,
  type InvalidateFields,
  type Result,
  type System,
} from "../../driver/iommufd-programs/system.js";
import type { RemoteLine } from "./remote-line.js";

type Wait = Promise<unknown>;

/** The guest program's memory: the last pages are for buffers, what lies behind is not there. */
const ARENA = 0x1000_0000_0000n;
const ARENA_BYTES = 4 << 20;
const BUFFERS = 0x8000;
const SCRATCH = ARENA + BigInt(ARENA_BYTES - BUFFERS);
const END = ARENA + BigInt(ARENA_BYTES);

const DEVICE = 1;
const VFIO_ATTACH = 0x3b77;
const VFIO_DETACH = 0x3b78;
const DESTROY = 0x3b80;
const IOAS_ALLOC = 0x3b81;
const IOAS_MAP = 0x3b85;
const IOAS_UNMAP = 0x3b86;
const HWPT_ALLOC = 0x3b89;
const HWPT_INVALIDATE = 0x3b8d;
const FAULT_QUEUE_ALLOC = 0x3b8e;
/** Fixed IOVA, writable, readable. */
const MAP_FLAGS = 7;

const QUEUE_BLOCK = 0x1000;
const QUEUE_BYTES = 0x100;
const QUEUE = { control: 0, status: 4, pasid: 8, ringSize: 12, ringBase: 16, tail: 28 } as const;
const STATE = 15;
const DISABLED = 0;
const ENABLE = 1;
const PASID_VALID = 2;
const RING_WITHOUT_PASID = 8;
const RING_LOG2 = 6;
const DESCRIPTOR_BYTES = 64;
const STATUS_AT = 0x30;
const PAGE_REQUESTS_SENT = 0x4c;
const PATIENCE = 20_000;
/** Of POLLRDNORM and the like only what a program asked for counts. */
const EVENTS = 5;

/** Linux in a guest, through the flow `remote` of the guest's program. */
export class RemoteSystem implements System<Wait> {
  readonly #line: RemoteLine;
  readonly #iommufd: number;
  readonly #device: number;
  /** Files of fault queues by the queues' numbers. */
  readonly #files = new Map<number, number>();
  readonly #memory = new Map<bigint, bigint>();
  readonly #tails = new Map<number, number>();
  #used = ARENA;

  private constructor(line: RemoteLine, iommufd: number, device: number) {
    this.#line = line;
    this.#iommufd = iommufd;
    this.#device = device;
  }

  static async open(line: RemoteLine): Promise<RemoteSystem> {
    const ready = await line.next();
    if (ready !== "ready") throw new Error(`the guest says "${ready}", expected "ready"`);
    const [iommufd, device] = (await line.request("open")).split(" ").map(Number);
    return new RemoteSystem(line, iommufd!, device!);
  }

  async end(): Promise<void> {
    await this.#line.request("end");
  }

  *command({ number, structure, pointer }: CommandFields): Call<Wait, Commanded> {
    const bytes = new Uint8Array(structure ?? []);
    if (pointer !== undefined) {
      yield* this.#poke(SCRATCH, pointer.data);
      new DataView(bytes.buffer).setBigUint64(pointer.at, SCRATCH, true);
    }
    const answer =
      structure === undefined
        ? yield* this.#ask(`ioctl ${this.#iommufd} ${number} -`)
        : yield* this.#ioctl(number, bytes);
    const left = answer.bytes;
    if (pointer === undefined) {
      return { result: answer.result, structure: left, data: new Uint8Array() };
    }
    new DataView(left.buffer).setBigUint64(pointer.at, 0n, true);
    const { length } = pointer.data;
    const { bytes: data } = yield* this.#ask(`peek ${SCRATCH} ${length}`);
    return { result: answer.result, structure: left, data };
  }

  *ioas(): Call<Wait, Result> {
    const { result, bytes } = yield* this.#ioctl(IOAS_ALLOC, words(12, 0, 0));
    return isError(result) ? result : wordAt(bytes, 8);
  }

  *faultQueue(): Call<Wait, Result> {
    const { result, bytes } = yield* this.#ioctl(FAULT_QUEUE_ALLOC, words(16, 0, 0, 0));
    if (isError(result)) return result;
    const id = wordAt(bytes, 8);
    this.#files.set(id, wordAt(bytes, 12));
    return id;
  }

  *hwpt(fields: HwptFields): Call<Wait, Result> {
    const { flags = 0, parent, faultId = 0, device = DEVICE, dataType = 0, data } = fields;
    let at = 0n;
    if (data !== undefined) {
      at = SCRATCH;
      yield* this.#poke(at, data);
    }
    const structure = words(
      48,
      flags,
      device,
      parent,
      0,
      0,
      dataType,
      data?.length ?? 0,
      0,
      0,
      faultId,
      0,
    );
    new DataView(structure.buffer).setBigUint64(32, at, true);
    const { result, bytes } = yield* this.#ioctl(HWPT_ALLOC, structure);
    return isError(result) ? result : wordAt(bytes, 16);
  }

  *invalidate(fields: InvalidateFields): Call<Wait, Invalidated> {
    const { hwpt, dataType = 0, entryLength, entries, data } = fields;
    if (data !== undefined) yield* this.#poke(SCRATCH, data);
    const structure = words(32, hwpt, 0, 0, dataType, entryLength, entries, 0);
    const at = data === undefined ? 0n : SCRATCH;
    new DataView(structure.buffer).setBigUint64(8, at, true);
    const { result, bytes } = yield* this.#ioctl(HWPT_INVALIDATE, structure);
    return { result, entries: wordAt(bytes, 24) };
  }

  *destroy(object: number): Call<Wait, Result> {
    return (yield* this.#ioctl(DESTROY, words(8, object))).result;
  }

  *attach(hwpt: number, pasid?: number): Call<Wait, Result> {
    const flags = pasid === undefined ? 0 : 1;
    const structure = words(...(flags === 0 ? [12, 0, hwpt] : [16, flags, hwpt, pasid!]));
    return (yield* this.#ioctl(VFIO_ATTACH, structure, this.#device)).result;
  }

  *detach(pasid?: number): Call<Wait, Result> {
    const structure = pasid === undefined ? words(8, 0) : words(12, 1, pasid);
    return (yield* this.#ioctl(VFIO_DETACH, structure, this.#device)).result;
  }

  *map(ioas: number, iova: bigint, pages: number): Call<Wait, Result> {
    const length = BigInt(pages * PAGE);
    const structure = words(40, MAP_FLAGS, ioas, ...new Array<number>(7).fill(0));
    const view = new DataView(structure.buffer);
    view.setBigUint64(16, this.#used, true);
    view.setBigUint64(24, length, true);
    view.setBigUint64(32, iova, true);
    const { result } = yield* this.#ioctl(IOAS_MAP, structure);
    if (isError(result)) return result;
    for (let page = 0n; page < length; page += BigInt(PAGE)) {
      this.#memory.set(iova + page, this.#used + page);
    }
    this.#used += length;
    if (this.#used > SCRATCH) throw new RangeError("the guest program's memory is used up");
    return result;
  }

  *unmap(ioas: number, iova: bigint, pages: number): Call<Wait, Result> {
    const structure = words(24, ioas, 0, 0, 0, 0);
    const view = new DataView(structure.buffer);
    view.setBigUint64(8, iova, true);
    view.setBigUint64(16, BigInt(pages * PAGE), true);
    return (yield* this.#ioctl(IOAS_UNMAP, structure)).result;
  }

  *peek(iova: bigint): Call<Wait, bigint> {
    const { bytes } = yield* this.#ask(`peek ${this.#seen(iova)} 8`);
    return new DataView(bytes.buffer).getBigUint64(0, true);
  }

  *poke(iova: bigint, value: bigint): Call<Wait, void> {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    yield* this.#poke(this.#seen(iova), bytes);
  }

  *poll(file: number, patient: boolean): Call<Wait, Result> {
    const { result } = yield* this.#ask(`poll ${this.#file(file)} ${patient ? PATIENCE : 0}`);
    if (isError(result)) return result;
    if (patient && (result & POLLIN) === 0) throw new Error("no page fault came in time");
    return result & EVENTS;
  }

  *read(file: number, count: number, room?: number): Call<Wait, Result<Uint8Array>> {
    const at = room === undefined ? SCRATCH : END - BigInt(room);
    const { result, bytes } = yield* this.#ask(`read ${this.#file(file)} ${at} ${count}`);
    return isError(result) ? result : bytes;
  }

  *write(file: number, bytes: Uint8Array, room?: number): Call<Wait, Result> {
    const at = room === undefined ? SCRATCH : END - BigInt(room);
    yield* this.#poke(at, bytes.subarray(0, room ?? bytes.length));
    return (yield* this.#ask(`write ${this.#file(file)} ${at} ${bytes.length}`)).result;
  }

  *close(file: number): Call<Wait, Result> {
    return (yield* this.#ask(`close ${this.#file(file)}`)).result;
  }

  *load(offset: number): Call<Wait, number> {
    return Number((yield* this.#ask(`load ${offset}`)).result);
  }

  *store(offset: number, value: number): Call<Wait, void> {
    yield* this.#ask(`store ${offset} ${value}`);
  }

  *start(queue: number, pasid?: number): Call<Wait, void> {
    const block = QUEUE_BLOCK + queue * QUEUE_BYTES;
    const ring = ringOf(queue);
    this.#tails.set(queue, 0);
    yield* this.store(block + QUEUE.pasid, pasid ?? 0);
    yield* this.store(block + QUEUE.ringSize, RING_LOG2);
    yield* this.store(block + QUEUE.ringBase, Number(ring));
    yield* this.store(block + QUEUE.ringBase + 4, 0);
    const withPasid = pasid === undefined ? 0 : PASID_VALID | RING_WITHOUT_PASID;
    yield* this.store(block + QUEUE.control, ENABLE | withPasid);
  }

  *stop(queue: number): Call<Wait, void> {
    const block = QUEUE_BLOCK + queue * QUEUE_BYTES;
    yield* this.store(block + QUEUE.control, 0);
    for (let waited = 0; waited < PATIENCE; waited += 10) {
      if (((yield* this.load(block + QUEUE.status)) & STATE) === DISABLED) return;
      yield* this.#ask("sleep 10");
    }
    throw new Error(`queue ${queue} did not stop in time`);
  }

  *submit(queue: number, { control, length, destination, pattern = 0n }: Dma): Call<Wait, void> {
    const tail = this.#tails.get(queue)!;
    const descriptor = new Uint8Array(DESCRIPTOR_BYTES);
    const view = new DataView(descriptor.buffer);
    view.setUint32(0, control, true);
    view.setUint32(4, length, true);
    view.setBigUint64(0x10, destination, true);
    view.setBigUint64(0x18, pattern, true);
    yield* this.#poke(this.#slot(queue, tail), descriptor);
    const next = (tail + 1) % (1 << RING_LOG2);
    this.#tails.set(queue, next);
    yield* this.store(QUEUE_BLOCK + queue * QUEUE_BYTES + QUEUE.tail, next);
  }

  *finish(queue: number): Call<Wait, number> {
    const last = (this.#tails.get(queue)! + (1 << RING_LOG2) - 1) % (1 << RING_LOG2);
    const status = this.#slot(queue, last) + BigInt(STATUS_AT);
    for (let waited = 0; waited < PATIENCE; waited += 10) {
      const { bytes } = yield* this.#ask(`peek ${status} 4`);
      if (bytes[3]! >= 0x80) return bytes[0]!;
      yield* this.#ask("sleep 10");
    }
    throw new Error(`the last descriptor of queue ${queue} did not end in time`);
  }

  /** The kernel's threads have the guest's only processor while the program sleeps. */
  *settle(): Call<Wait, void> {
    let before = -1;
    for (;;) {
      const sent = yield* this.load(PAGE_REQUESTS_SENT);
      if (sent === before) return;
      before = sent;
      yield* this.#ask("sleep 40");
    }
  }

  /** Where the program has a mapped address. */
  #seen(iova: bigint): bigint {
    const offset = iova % BigInt(PAGE);
    const page = this.#memory.get(iova - offset);
    if (page === undefined) throw new RangeError(`nothing was mapped at 0x${iova.toString(16)}`);
    return page + offset;
  }

  #file(queue: number): number {
    return this.#files.get(queue)!;
  }

  #slot(queue: number, index: number): bigint {
    return this.#seen(ringOf(queue)) + BigInt(index * DESCRIPTOR_BYTES);
  }

  *#poke(at: bigint, bytes: Uint8Array): Call<Wait, void> {
    if (bytes.length > 0) yield* this.#ask(`poke ${at} ${hex(bytes)}`);
  }

  #ioctl(request: number, structure: Uint8Array, file = this.#iommufd) {
    return this.#ask(`ioctl ${file} ${request} ${hex(structure)}`);
  }

  *#ask(line: string): Call<Wait, { result: Result; bytes: Uint8Array<ArrayBuffer> }> {
    const answer = yield* wait(this.#line.request(line));
    const [result = "", digits = ""] = answer.split(" ");
    const bytes = new Uint8Array(Buffer.from(digits, "hex"));
    if (/^-?\d+$/.test(result)) return { result: Number(result), bytes };
    return { result: result as ErrorName, bytes };
  }
}

/** A structure of 32-bit words; the first is its size. */
function words(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

function wordAt(bytes: Uint8Array<ArrayBuffer>, at: number): number {
  return new DataView(bytes.buffer).getUint32(at, true);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
