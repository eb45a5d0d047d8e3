import {
  FaultHandler,
  type FaultMessage,
  processFaultPort,
} from "../../../host/driver/handler/index.js";
import {
  uapi,
  type Iommufd,
  type Kernel,
  type Routine,
  type Step,
} from "../../../host/driver/index.js";
import { Prng } from "../../../host/random/prng.js";
import { Resource } from "../../../host/driver/kernel/index.js";
import type { Machine } from "../../../host/machine.js";
import { DrivenMachine, good } from "../iommufd/driven-machine.js";

export interface WorldOptions {
  /** 1 to 8. */
  readonly engines: number;
  /** Tasks that handle faults of the one fault queue. */
  readonly handlers: number;
  /** Of the pages, and of the order of steps. */
  readonly seed: number;
}

/** Pages that a DMA writes to, and which nothing has touched before: they make one group. */
interface Transfer {
  readonly first: bigint;
  readonly pages: number;
  /** Groups that the handlers got for it. */
  groups: number;
}

const QUEUES = 4;
const PAGE = 0x1000n;
const MOST_PAGES = 8;
const FIRST_DEVICE = 2;
/** Where rings and all pages of an engine lie in memory. */
const RINGS = 0x10_0000n;
const TARGET = 0x8_0000n;
const RING_IOVA = 0x1000_0000n;
const FIRST_IOVA = 0x1_0000_0000n;
/** Each queue has its own range of addresses. */
const QUEUE_SPAN = 0x1000_0000n;
const GROUP_SIZE = 0x24n;
const RING_LOG2 = 4;
const FILL = 0x602;
const SLOT = 64n;
const PATTERN = 0x4642_5553_4552_2121n;

/** Engines whose page faults programs handle: the whole way, with every part but the processor. */
export class UserFaultsWorld {
  readonly kernel: Kernel;
  readonly handlers: FaultHandler<Step<unknown>>[] = [];
  readonly machine: Machine;
  readonly #prng: Prng;
  readonly #transfers = new Map<string, Transfer>();
  readonly #queues: EngineQueue[] = [];
  #problem: string | undefined;

  private constructor({ machine, kernel }: DrivenMachine, seed: number) {
    this.machine = machine;
    this.kernel = kernel;
    this.#prng = new Prng(seed);
  }

  static async create({ engines, handlers, seed }: WorldOptions): Promise<UserFaultsWorld> {
    const places = Array.from({ length: engines }, (_, n) => (FIRST_DEVICE + n) << 3);
    const driven = await DrivenMachine.create({
      checks: false,
      memory: 8 * 2 ** 20,
      frames: { start: 0x20_0000n, end: 0x80_0000n },
      engines: places,
    });
    const world = new UserFaultsWorld(driven, seed);
    world.#start(driven, engines, handlers);
    return world;
  }

  /** Has the engines do so many transfers in all; answers what went wrong. */
  run(transfers: number): string | undefined {
    let left = transfers;
    // Small groups more often than large ones.
    const draw = () => this.#prng.below(MOST_PAGES);
    const next = () => (left-- > 0 ? 1 + Math.min(draw(), draw(), draw()) : undefined);
    for (const queue of this.#queues) queue.begin(next);
    while (this.#problem === undefined) {
      const tasks = this.kernel.runnable();
      if (tasks.length === 0) break;
      const task = tasks[this.#prng.below(tasks.length)]!;
      for (let steps = this.#prng.below(40); steps >= 0 && task.runnable; steps--) {
        this.kernel.step(task);
        if (this.kernel.violation) throw this.kernel.violation;
      }
    }
    return this.#problem ?? this.#unfinished();
  }

  get transfers(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.done, 0);
  }

  get pages(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.pages, 0);
  }

  /** A register of all engines together. */
  total(register: bigint): number {
    const bars = new Set(this.#queues.map(({ bar }) => bar));
    return [...bars].reduce((sum, bar) => sum + this.machine.bus.read32(bar + register), 0);
  }

  #unfinished(): string | undefined {
    const waiting = this.#queues.filter(({ isIdle }) => !isIdle);
    return waiting.length === 0 ? undefined : `${waiting.length} queues wait for ever`;
  }

  #start(driven: DrivenMachine, engines: number, handlers: number): void {
    const { kernel, machine, iommufd } = driven;
    const spaces = new Map<number, number>();
    const setUp = function* (world: UserFaultsWorld): Routine {
      good(yield* iommufd.open());
      const queue = good(yield* iommufd.faultQueueAlloc());
      for (let n = 0; n < engines; n++) {
        const sourceId = (FIRST_DEVICE + n) << 3;
        const device = yield* driven.discover(`engine ${n}`, sourceId);
        const idev = good(yield* iommufd.bind(device));
        const ioas = good(yield* iommufd.ioasAlloc()).out_ioas_id;
        const hwpt = good(
          yield* iommufd.hwptAlloc({
            ...{ dev_id: idev.id, pt_id: ioas, flags: uapi.HWPT_ALLOC.FAULT_ID_VALID },
            fault_id: queue.out_fault_id,
          }),
        );
        const rings = RINGS + BigInt(n * QUEUES) * PAGE;
        const length = BigInt(QUEUES) * PAGE;
        good(
          yield* iommufd.ioasMap({
            ...{ ioas_id: ioas, flags: 7, user_va: rings, length, iova: RING_IOVA },
          }),
        );
        good(yield* iommufd.attach(idev, hwpt.out_hwpt_id));
        spaces.set(idev.id, ioas);
        const bar = driven.bar(sourceId);
        machine.bus.write32(bar + GROUP_SIZE, MOST_PAGES);
        for (let q = 0; q < QUEUES; q++) {
          world.#queues.push(
            new EngineQueue(machine, { bar, queue: q, rings, engine: idev.id }, (transfer) => {
              world.#transfers.set(`${idev.id} ${transfer.first}`, transfer);
            }),
          );
        }
      }
      for (let n = 0; n < handlers; n++) {
        const group: FaultMessage[] = [];
        const port = processFaultPort(iommufd.process, queue.out_fault_fd, function* (message) {
          world.#note(message, group);
          const { deviceId, address: iova } = message;
          const ioas_id = spaces.get(deviceId)!;
          good(yield* iommufd.ioasMap({ ioas_id, flags: 7, user_va: TARGET, length: PAGE, iova }));
          return true;
        });
        const handler = new FaultHandler(port, { messages: 1 + 20 * n });
        world.handlers.push(handler);
        kernel.spawn("fault handler", () => handler.run(), { daemon: true });
      }
      const resource = new Resource(kernel, "engines");
      const daemon = { daemon: true };
      kernel.spawn("engines", () => world.#advance(resource), daemon);
      kernel.spawn("program", () => world.#program(resource, iommufd, spaces), daemon);
    };
    kernel.spawn("set up", () => setUp(this));
    kernel.settle();
  }

  /** Time of the devices. */
  *#advance(engines: Resource): Routine {
    const { machine } = this;
    const endpoints = machine.bus.topology.endpoints();
    const tick = () => {
      machine.run(1 + this.#prng.below(4));
    };
    const ready = () => endpoints.some(({ endpoint }) => endpoint.busy);
    for (;;) yield* engines.act("advance", tick, { ready });
  }

  /** A program that gives the engines work, and takes pages away again that were written. */
  *#program(engines: Resource, iommufd: Iommufd, spaces: ReadonlyMap<number, number>): Routine {
    const finished = () => this.#queues.find(({ hasFinished }) => hasFinished);
    for (;;) {
      const queue = yield* engines.act("look for results of", () => finished()!, {
        ready: () => finished() !== undefined,
      });
      const { transfer, status } = queue.take();
      if (status !== 0 || transfer.groups !== 1) {
        this.#problem ??= `status ${status}, ${transfer.groups} groups for ${transfer.first}`;
      }
      const { first: iova, pages } = transfer;
      const ioas_id = spaces.get(queue.engine)!;
      good(yield* iommufd.ioasUnmap({ ioas_id, iova, length: BigInt(pages) * PAGE }));
      yield* engines.act("give work to", () => {
        queue.proceed();
      });
    }
  }

  /** A message comes to a handler: the pages of a group are those of one transfer, in the order of the device. */
  #note(message: FaultMessage, group: FaultMessage[]): void {
    group.push(message);
    if (!message.last) return;
    const [{ deviceId, address: first }] = group as [FaultMessage];
    const transfer = this.#transfers.get(`${deviceId} ${first}`);
    const inOrder = group.every(({ address }, n) => address === first + BigInt(n) * PAGE);
    if (transfer?.pages !== group.length || !inOrder) {
      const pages = group.map(({ address }) => address.toString(16)).join();
      this.#problem ??= `a group of device ${deviceId} is ${pages}`;
    } else transfer.groups += 1;
    group.length = 0;
  }
}

/** One queue of an engine, with up to a ring of transfers. */
class EngineQueue {
  readonly bar: bigint;
  readonly engine: number;
  done = 0;
  pages = 0;
  readonly #machine: Machine;
  readonly #block: bigint;
  readonly #ring: bigint;
  readonly #base: bigint;
  readonly #announce: (transfer: Transfer) => void;
  readonly #open: { readonly slot: bigint; readonly transfer: Transfer }[] = [];
  #next: () => number | undefined = () => undefined;
  #tail = 0;

  constructor(
    machine: Machine,
    place: { bar: bigint; queue: number; rings: bigint; engine: number },
    announce: (transfer: Transfer) => void,
  ) {
    const { bar, queue, rings, engine } = place;
    this.#machine = machine;
    this.bar = bar;
    this.engine = engine;
    this.#block = bar + 0x1000n + BigInt(queue) * 0x100n;
    this.#ring = rings + BigInt(queue) * PAGE;
    this.#base = FIRST_IOVA + BigInt(queue) * QUEUE_SPAN;
    this.#announce = announce;
    this.#write(0x0c, RING_LOG2);
    this.#write(0x10, Number(RING_IOVA + BigInt(queue) * PAGE));
    this.#write(0x00, 1);
  }

  get isIdle(): boolean {
    return this.#open.length === 0;
  }

  begin(next: () => number | undefined): void {
    this.#next = next;
    for (let n = 0; n < 3; n++) this.proceed();
  }

  /** Hands the next transfer to the engine, if there is one. */
  proceed(): void {
    const pages = this.#next();
    if (pages === undefined) return;
    const { memory } = this.#machine;
    const transfer = { first: this.#base + BigInt(this.pages) * PAGE, pages, groups: 0 };
    this.pages += pages;
    this.#announce(transfer);
    const slot = this.#ring + BigInt(this.#tail) * SLOT;
    memory.fill(slot, Number(SLOT));
    memory.write32(slot, FILL);
    memory.write32(slot + 4n, pages * Number(PAGE));
    memory.write64(slot + 0x10n, transfer.first);
    memory.write64(slot + 0x18n, PATTERN);
    this.#open.push({ slot, transfer });
    this.#tail = (this.#tail + 1) % 2 ** RING_LOG2;
    this.#write(0x1c, this.#tail);
  }

  /** The oldest transfer has come to its end. */
  get hasFinished(): boolean {
    const oldest = this.#open[0];
    return oldest !== undefined && this.#status(oldest.slot) >>> 31 === 1;
  }

  /** The oldest transfer. */
  take(): { readonly transfer: Transfer; readonly status: number } {
    const { slot, transfer } = this.#open.shift()!;
    this.done += 1;
    return { transfer, status: this.#status(slot) & 0xff };
  }

  #status(slot: bigint): number {
    return this.#machine.memory.read32(slot + 0x30n);
  }

  #write(offset: number, value: number): void {
    this.#machine.bus.write32(this.#block + BigInt(offset), value);
  }
}
