import { atOnce } from "../../../host/driver/handler/index.js";
import {
  Errno,
  uapi,
  type BoundDevice,
  type Iommufd,
  type Kernel,
  type Routine,
  type UserProcess,
} from "../../../host/driver/index.js";
import { Resource } from "../../../host/driver/kernel/index.js";
import type { Machine } from "../../../host/machine.js";
import { DrivenMachine, good } from "../iommufd/driven-machine.js";
import {
  PAGE,
  POLLIN,
  POLLOUT,
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
} from "./system.js";

/** 00:05.0 */
const SOURCE_ID = 0x28;
const MEMORY = 16 * 2 ** 20;
const FRAMES = { start: 0x10_0000n, end: 0x60_0000n };
/** Memory of the program that it maps; addresses of user space are physical ones. */
const ARENA = 0x60_0000n;

const QUEUE_BLOCK = 0x1000;
const QUEUE_BYTES = 0x100;
const QUEUE = { control: 0, status: 4, pasid: 8, ringSize: 12, ringBase: 16, tail: 28 } as const;
const STATE = 15;
const ENABLE = 1;
const PASID_VALID = 2;
const RING_WITHOUT_PASID = 8;
const RING_LOG2 = 6;
const DESCRIPTOR_BYTES = 64n;
const STATUS_AT = 0x30n;

const LEAST_ADDRESS = 0x1_0000n;

/** The driver stub with its iommufd over the real unit, and a dma-engine. After each call everything has happened. */
export class ModelledSystem implements System<never> {
  readonly kernel: Kernel;
  readonly iommufd: Iommufd;
  readonly #machine: Machine;
  readonly #bar: bigint;
  readonly #process: UserProcess;
  #device!: BoundDevice;
  #fd = 0;
  readonly #attached = new Set<number>();
  readonly #files = new Map<number, number>();
  readonly #memory = new Map<bigint, bigint>();
  readonly #tails = new Map<number, number>();
  #used = ARENA;

  private constructor(driven: DrivenMachine) {
    this.kernel = driven.kernel;
    this.iommufd = driven.iommufd;
    this.#machine = driven.machine;
    this.#process = driven.iommufd.process;
    this.#bar = driven.bar(SOURCE_ID);
  }

  static async create(): Promise<ModelledSystem> {
    const driven = await DrivenMachine.create({
      behaviour: "strictLinux72",
      // As the kernel of the guest; what lies below the address is not mapped in a process.
      iommufd: {
        hugePages: false,
        pin: (address) => (address < LEAST_ADDRESS ? undefined : address),
      },
      memory: MEMORY,
      frames: FRAMES,
      engines: [SOURCE_ID],
    });
    const system = new ModelledSystem(driven);
    system.#start(driven);
    return system;
  }

  command({ number, structure, pointer }: CommandFields): Call<never, Commanded> {
    const { memory } = this.#process;
    const bytes = new Uint8Array(structure ?? []);
    const data = pointer && memory.map(pointer.data);
    const view = new DataView(bytes.buffer);
    if (data !== undefined) view.setBigUint64(pointer!.at, data.address, true);
    const buffer = structure && memory.map(bytes);
    const result = this.#run(() => this.#process.ioctl(this.#fd, number, buffer?.address ?? 0n));
    if (data !== undefined) buffer!.view.setBigUint64(pointer!.at, 0n, true);
    return atOnce({
      result: result instanceof Errno ? result.name : result,
      structure: buffer?.bytes ?? new Uint8Array(),
      data: data?.bytes ?? new Uint8Array(),
    });
  }

  ioas(): Call<never, Result> {
    return this.#id(() => this.iommufd.ioasAlloc(), "out_ioas_id");
  }

  faultQueue(): Call<never, Result> {
    const queue = this.#run(() => this.iommufd.faultQueueAlloc());
    if (queue instanceof Errno) return atOnce(queue.name);
    this.#files.set(queue.out_fault_id, queue.out_fault_fd);
    return atOnce(queue.out_fault_id);
  }

  hwpt(fields: HwptFields): Call<never, Result> {
    const { flags = 0, parent, faultId = 0, device = 1, dataType = 0, data } = fields;
    return this.#id(
      () =>
        this.iommufd.hwptAlloc({
          ...{ flags, dev_id: device, pt_id: parent, fault_id: faultId, data_type: dataType },
          data_len: data?.length ?? 0,
          data_uptr: data === undefined ? 0n : this.#process.memory.map(data).address,
        }),
      "out_hwpt_id",
    );
  }

  invalidate(fields: InvalidateFields): Call<never, Invalidated> {
    const { hwpt, dataType = 0, entryLength, entries, data } = fields;
    const { entry_num, error } = this.#run(() =>
      this.iommufd.hwptInvalidate({
        ...{ hwpt_id: hwpt, data_type: dataType, entry_len: entryLength, entry_num: entries },
        data_uptr: data === undefined ? 0n : this.#process.memory.map(data).address,
      }),
    );
    return atOnce({ result: error?.name ?? 0, entries: entry_num });
  }

  destroy(object: number): Call<never, Result> {
    return this.#result(() => this.iommufd.destroy({ id: object }));
  }

  attach(hwpt: number, pasid = 0): Call<never, Result> {
    const { iommufd } = this;
    // What VFIO makes of its one call.
    const attached = this.#attached.has(pasid);
    const result = this.#run(() =>
      attached
        ? iommufd.replace(this.#device, hwpt, pasid)
        : iommufd.attach(this.#device, hwpt, pasid),
    );
    if (result instanceof Errno) return atOnce(result.name);
    this.#attached.add(pasid);
    return atOnce(0);
  }

  detach(pasid = 0): Call<never, Result> {
    if (this.#attached.delete(pasid)) this.#run(() => this.iommufd.detach(this.#device, pasid));
    return atOnce(0);
  }

  map(ioas: number, iova: bigint, pages: number): Call<never, Result> {
    const length = BigInt(pages * PAGE);
    const physical = this.#used;
    const { FIXED_IOVA, READABLE, WRITEABLE } = uapi.IOAS_MAP;
    const flags = FIXED_IOVA | READABLE | WRITEABLE;
    const result = this.#run(() =>
      this.iommufd.ioasMap({ ioas_id: ioas, flags, user_va: physical, length, iova }),
    );
    if (result instanceof Errno) return atOnce(result.name);
    this.#machine.memory.fill(physical, Number(length));
    for (let page = 0n; page < length; page += BigInt(PAGE)) {
      this.#memory.set(iova + page, physical + page);
    }
    this.#used += length;
    return atOnce(0);
  }

  unmap(ioas: number, iova: bigint, pages: number): Call<never, Result> {
    const length = BigInt(pages * PAGE);
    return this.#result(() => this.iommufd.ioasUnmap({ ioas_id: ioas, iova, length }));
  }

  peek(iova: bigint): Call<never, bigint> {
    return atOnce(this.#machine.memory.read64(this.#seen(iova))!);
  }

  poke(iova: bigint, value: bigint): Call<never, void> {
    this.#machine.memory.write64(this.#seen(iova), value);
    return atOnce(undefined);
  }

  poll(file: number, patient: boolean): Call<never, Result> {
    const events = this.#run(() => this.#process.poll(this.#file(file)));
    if (events instanceof Errno) return atOnce(events.name);
    if (patient && (events & POLLIN) === 0) throw new Error("no page fault came");
    return atOnce(events & (POLLIN | POLLOUT));
  }

  read(file: number, count: number, room = count): Call<never, Result<Uint8Array>> {
    const buffer = this.#process.memory.map(Math.max(count, 1));
    buffer.truncate(room);
    const result = this.#run(() => this.#process.read(this.#file(file), buffer.address, count));
    return atOnce(result instanceof Errno ? result.name : buffer.bytes.slice(0, result));
  }

  write(file: number, bytes: Uint8Array, room = bytes.length): Call<never, Result> {
    const buffer = this.#process.memory.map(bytes);
    buffer.truncate(room);
    return this.#result(() => this.#process.write(this.#file(file), buffer.address, bytes.length));
  }

  close(file: number): Call<never, Result> {
    return this.#result(() => this.#process.close(this.#file(file)));
  }

  load(offset: number): Call<never, number> {
    return atOnce(this.#machine.bus.read32(this.#bar + BigInt(offset)));
  }

  store(offset: number, value: number): Call<never, void> {
    this.#store(offset, value);
    this.kernel.settle();
    return atOnce(undefined);
  }

  start(queue: number, pasid?: number): Call<never, void> {
    const block = QUEUE_BLOCK + queue * QUEUE_BYTES;
    this.#tails.set(queue, 0);
    this.#store(block + QUEUE.pasid, pasid ?? 0);
    this.#store(block + QUEUE.ringSize, RING_LOG2);
    this.#store(block + QUEUE.ringBase, Number(ringOf(queue)));
    this.#store(block + QUEUE.ringBase + 4, 0);
    const withPasid = pasid === undefined ? 0 : PASID_VALID | RING_WITHOUT_PASID;
    return this.store(block + QUEUE.control, ENABLE | withPasid);
  }

  *stop(queue: number): Call<never, void> {
    const block = QUEUE_BLOCK + queue * QUEUE_BYTES;
    yield* this.store(block + QUEUE.control, 0);
    const state = (yield* this.load(block + QUEUE.status)) & STATE;
    if (state !== 0) throw new Error(`queue ${queue} does not stop: its state is ${state}`);
  }

  submit(queue: number, { control, length, destination, pattern = 0n }: Dma): Call<never, void> {
    const { memory } = this.#machine;
    const tail = this.#tails.get(queue)!;
    const slot = this.#slot(queue, tail);
    memory.fill(slot, Number(DESCRIPTOR_BYTES));
    memory.write32(slot, control);
    memory.write32(slot + 4n, length);
    memory.write64(slot + 0x10n, destination);
    memory.write64(slot + 0x18n, pattern);
    const next = (tail + 1) % (1 << RING_LOG2);
    this.#tails.set(queue, next);
    return this.store(QUEUE_BLOCK + queue * QUEUE_BYTES + QUEUE.tail, next);
  }

  finish(queue: number): Call<never, number> {
    const last = (this.#tails.get(queue)! + (1 << RING_LOG2) - 1) % (1 << RING_LOG2);
    const status = this.#machine.memory.read32(this.#slot(queue, last) + STATUS_AT);
    if (status >>> 31 === 0) throw new Error(`the last descriptor of queue ${queue} has no end`);
    return atOnce(status & 0xff);
  }

  settle(): Call<never, void> {
    this.kernel.settle();
    return atOnce(undefined);
  }

  /** The kernel finds the engine; it is object 1 of the program's /dev/iommu then. */
  #start(driven: DrivenMachine): void {
    const { kernel, iommufd } = this;
    const files = { iommufd: 0 };
    this.#device = this.#run(function* () {
      const fd = yield* iommufd.open();
      if (fd instanceof Errno) throw fd;
      files.iommufd = fd;
      return good(yield* iommufd.bind(yield* driven.discover("engine", SOURCE_ID)));
    });
    this.#fd = files.iommufd;
    const engine = new Resource(kernel, "engine");
    const machine = this.#machine;
    const { endpoint } = machine.endpoint(SOURCE_ID);
    kernel.spawn(
      "engine",
      function* () {
        const tick = () => {
          machine.run(1);
        };
        for (;;) yield* engine.act("advance", tick, { ready: () => endpoint.busy });
      },
      { daemon: true },
    );
    kernel.settle();
  }

  /** Runs a task to its end, and everything that follows from it. */
  #run<T>(code: () => Routine<T>): T {
    let result: { readonly value: T } | undefined;
    this.kernel.spawn("program", function* () {
      result = { value: yield* code() };
    });
    this.kernel.settle();
    if (result === undefined) throw new Error("a call of the program has no end");
    return result.value;
  }

  #result(code: () => Routine<number | { length: bigint } | Errno>): Call<never, Result> {
    const result = this.#run(code);
    if (result instanceof Errno) return atOnce(result.name);
    return atOnce(typeof result === "number" ? result : 0);
  }

  #id<K extends string>(
    code: () => Routine<Readonly<Record<K, number>> | Errno>,
    field: K,
  ): Call<never, Result> {
    const result = this.#run(code);
    return atOnce(result instanceof Errno ? result.name : result[field]);
  }

  #file(queue: number): number {
    return this.#files.get(queue)!;
  }

  #seen(iova: bigint): bigint {
    const offset = iova % BigInt(PAGE);
    const page = this.#memory.get(iova - offset);
    if (page === undefined) throw new RangeError(`nothing was mapped at 0x${iova.toString(16)}`);
    return page + offset;
  }

  #slot(queue: number, index: number): bigint {
    return this.#seen(ringOf(queue)) + BigInt(index) * DESCRIPTOR_BYTES;
  }

  #store(offset: number, value: number): void {
    this.#machine.bus.write32(this.#bar + BigInt(offset), value);
  }
}
