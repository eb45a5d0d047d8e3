import { encodeAnswers, FAULT_MESSAGE_BYTES } from "../../../host/driver/handler/index.js";
import {
  FAULT_ID_VALID,
  isError,
  PAGE,
  ringOf,
  type Call,
  type Result,
  type System,
} from "./system.js";

const QUEUES = 4;
/** Register of the engine: pages in a group. */
export const GROUP_SIZE = 0x24;
/** Fill, with ATS and page requests. */
export const FILL = 0x602;
export const PATTERN = 0x5041_5454_4552_4e21n;
/** Room for so many messages. */
const ROOM = 16 * FAULT_MESSAGE_BYTES;

export const SUCCESS = "SUCCESS";
export const INVALID = "INVALID";

/** What a call must have succeeded with. */
function good<T>(result: Result<T>): T {
  if (isError(result)) throw new Error(`a call failed with ${result}`);
  return result;
}

/** An address space with a fault queue and a page table, to which the engine is attached; its queues are at work. */
export class Bench<Step> {
  readonly system: System<Step>;
  readonly ioas: number;
  readonly queue: number;
  readonly hwpt: number;

  private constructor(system: System<Step>, ioas: number, queue: number, hwpt: number) {
    this.system = system;
    this.ioas = ioas;
    this.queue = queue;
    this.hwpt = hwpt;
  }

  static *open<Step>(system: System<Step>, flags = FAULT_ID_VALID): Call<Step, Bench<Step>> {
    const parent = good(yield* system.ioas());
    const faultId = good(yield* system.faultQueue());
    const hwpt = good(yield* system.hwpt({ flags, parent, faultId }));
    good(yield* system.map(parent, ringOf(0), QUEUES));
    good(yield* system.attach(hwpt));
    const bench = new Bench(system, parent, faultId, hwpt);
    yield* bench.start();
    yield* system.store(GROUP_SIZE, 4);
    return bench;
  }

  /** Takes everything down, in the order that Linux asks for. */
  *close(...others: readonly number[]): Call<Step, void> {
    const { system } = this;
    yield* this.stop();
    yield* system.detach();
    yield* system.close(this.queue);
    for (const object of [...others, this.hwpt, this.queue, this.ioas]) {
      good(yield* system.destroy(object));
    }
  }

  /** A stopped engine forgets its rings. */
  *start(): Call<Step, void> {
    for (let queue = 0; queue < QUEUES; queue++) yield* this.system.start(queue);
  }

  *stop(): Call<Step, void> {
    for (let queue = 0; queue < QUEUES; queue++) yield* this.system.stop(queue);
  }

  /** Has a queue of the engine write to pages; it waits until nothing more happens. */
  *fill(queue: number, destination: bigint, pages = 1): Call<Step, void> {
    const length = pages * PAGE;
    yield* this.system.submit(queue, { control: FILL, length, destination, pattern: PATTERN });
    yield* this.system.settle();
  }

  /** A page fault of each of the first so many queues. */
  *faults(count: number, destination: bigint): Call<Step, void> {
    for (let queue = 0; queue < count; queue++) {
      yield* this.fill(queue, destination + BigInt(queue * PAGE));
    }
  }

  read(count = ROOM, room?: number): Call<Step, Result<Uint8Array>> {
    return this.system.read(this.queue, count, room);
  }

  write(bytes: Uint8Array, room?: number): Call<Step, Result> {
    return this.system.write(this.queue, bytes, room);
  }

  answer(cookie: number, code: "SUCCESS" | "INVALID" = "INVALID"): Call<Step, Result> {
    return this.write(encodeAnswers([{ cookie, code }]));
  }

  poll(): Call<Step, Result> {
    return this.system.poll(this.queue, false);
  }

  map(iova: bigint, pages = 1): Call<Step, Result> {
    return this.system.map(this.ioas, iova, pages);
  }

  *finish(...queues: readonly number[]): Call<Step, void> {
    for (const queue of queues) yield* this.system.finish(queue);
  }
}
