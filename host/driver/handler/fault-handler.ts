import {
  decodeFaults,
  encodeAnswers,
  FAULT_MESSAGE_BYTES,
  groupsOf,
  ANSWER_BYTES,
  type FaultMessage,
  type FaultAnswer,
} from "./fault-message.js";
import type { ErrorName, FaultPort } from "./port.js";

export interface FaultHandlerOptions {
  /** Messages that a read has room for at first; a group that is larger makes more room. Default 64. */
  readonly messages?: number;
  /** Messages of the largest group that is taken. Default 4096. */
  readonly mostMessages?: number;
}

/** What a handler has done. */
export interface HandledFaults {
  readonly groups: number;
  readonly messages: number;
  /** Groups that were answered INVALID. */
  readonly refused: number;
  /** Groups whose answer the kernel did not take: it has answered by itself, because their table went away. */
  readonly late: number;
}

/** The kernel refused what a handler must rely on. */
export class FaultQueueError extends Error {
  override readonly name = "FaultQueueError";
  readonly code: ErrorName;

  constructor(call: string, code: ErrorName) {
    super(`${call} a fault queue failed with ${code}`);
    this.code = code;
  }
}

/**
 * A program's handler of the page faults of one fault queue of IOMMUFD: reads groups, maps what they ask for, and
 * answers each once.
 */
export class FaultHandler<Step = never> {
  readonly #port: FaultPort<Step>;
  readonly #most: number;
  #room: number;
  #groups = 0;
  #messages = 0;
  #refused = 0;
  #late = 0;

  /** @throws RangeError for room that is not 1 to `mostMessages`. */
  constructor(
    port: FaultPort<Step>,
    { messages = 64, mostMessages = 4096 }: FaultHandlerOptions = {},
  ) {
    if (!Number.isInteger(messages) || messages < 1 || messages > mostMessages) {
      throw new RangeError(`messages is ${messages}: expected 1 to mostMessages, ${mostMessages}`);
    }
    this.#port = port;
    this.#room = messages;
    this.#most = mostMessages;
  }

  get handled(): HandledFaults {
    return {
      groups: this.#groups,
      messages: this.#messages,
      refused: this.#refused,
      late: this.#late,
    };
  }

  /**
   * Handles faults until no more will come.
   * @throws FaultQueueError, MalformedFaults.
   */
  *run(): Generator<Step, void, unknown> {
    while (yield* this.#port.poll()) yield* this.take();
  }

  /**
   * Handles what can be read now; answers how many groups that were.
   * @throws FaultQueueError, MalformedFaults.
   */
  *take(): Generator<Step, number, unknown> {
    const before = this.#groups;
    for (;;) {
      const bytes = yield* this.#read();
      if (bytes.length === 0) return this.#groups - before;
      const responses: FaultAnswer[] = [];
      for (const group of groupsOf(decodeFaults(bytes))) responses.push(yield* this.#handle(group));
      yield* this.#answer(responses);
    }
  }

  *#read(): Generator<Step, Uint8Array, unknown> {
    for (;;) {
      const bytes = yield* this.#port.read(this.#room * FAULT_MESSAGE_BYTES);
      if (typeof bytes !== "string") return bytes;
      // The kernel splits no group: the next one is larger than the room.
      if (bytes !== "EINVAL" || this.#room === this.#most)
        throw new FaultQueueError("reading", bytes);
      this.#room = Math.min(2 * this.#room, this.#most);
    }
  }

  *#handle(group: readonly FaultMessage[]): Generator<Step, FaultAnswer, unknown> {
    const { cookie } = group[0]!;
    this.#groups += 1;
    this.#messages += group.length;
    for (const request of group) {
      if (yield* this.#port.map(request)) continue;
      // One answer stands for all: what follows need not be tried.
      this.#refused += 1;
      return { cookie, code: "INVALID" };
    }
    return { cookie, code: "SUCCESS" };
  }

  /** The kernel stops at the first answer that it cannot take, and says how far it came. */
  *#answer(responses: readonly FaultAnswer[]): Generator<Step, void, unknown> {
    let left = encodeAnswers(responses);
    while (left.length > 0) {
      const taken = yield* this.#port.write(left);
      if (typeof taken === "number" && taken > 0) {
        left = left.subarray(taken);
        continue;
      }
      if (taken !== "EINVAL")
        throw new FaultQueueError("writing to", taken === 0 ? "EIO" : (taken as ErrorName));
      this.#late += 1;
      left = left.subarray(ANSWER_BYTES);
    }
  }
}
