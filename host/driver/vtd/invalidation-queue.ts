import { Resource, type Access, type Kernel, type Routine } from "../kernel/index.js";
import { placeOf, type RegisterWindow } from "./access.js";
import type { QueueDescriptor } from "./descriptors.js";
import { registerBit, registerBits } from "./fields.js";
import type { QueueRing, Submission } from "./queue-ring.js";
import type { VtdQuirks } from "./quirks.js";

/** 0; EINVAL: the unit refused a descriptor; ETIMEDOUT: a device that is gone did not answer. */
export type SubmitResult = 0 | "EINVAL" | "ETIMEDOUT";

export interface SubmitOptions {
  /** Drain page requests before it counts as done. */
  readonly drain?: boolean;
  /** What the descriptors change besides the queue. */
  readonly also?: readonly Access[];
}

export interface InvalidationQueueOptions {
  readonly window: RegisterWindow;
  readonly ring: QueueRing;
  readonly quirks: VtdQuirks;
  /** Whether the device with a source-id is known and still there. */
  readonly isPresent: (sourceId: number) => boolean;
}

const IQT = placeOf("IQT").offset;
const IQH = placeOf("IQH").offset;
const FSTS = placeOf("FSTS").offset;
const IQERCD = placeOf("IQERCD").offset;
const IQE = Number(registerBit("FSTS", "IQE"));
const ITE = Number(registerBit("FSTS", "ITE"));
const ICE = Number(registerBit("FSTS", "ICE"));
const ITESID = registerBits("IQERCD", "ITESID");
/** Time-outs in a row after which a repaired driver gives a device up. */
const MOST_TIMEOUTS = 3;

/**
 * Queued invalidation (qi_submit_sync), with recovery from what the unit may report. What Linux does under
 * the queue's spinlock is one step.
 */
export class InvalidationQueue extends Resource {
  readonly #options: InvalidationQueueOptions;

  constructor(kernel: Kernel, options: InvalidationQueueOptions) {
    super(kernel, "invalidation queue");
    this.#options = options;
  }

  /** Queues descriptors with a wait behind them, and waits until that is done. */
  *submit(
    descriptors: readonly QueueDescriptor[],
    { drain = false, also = [] }: SubmitOptions = {},
  ): Routine<SubmitResult> {
    const { ring, window } = this.#options;
    const about = descriptors.map((descriptor) => descriptor.about).join(", ");
    for (let timeouts = 0; ; timeouts++) {
      const { submission, done } = yield* this.act(
        `submit ${about} to`,
        () => {
          const submission = ring.fill(descriptors, drain);
          window.write32(IQT, ring.tail);
          return { submission, done: ring.isDone(submission) };
        },
        {
          also,
          ready: () => ring.hasRoomFor(descriptors.length),
          waitingFor: () => "which is full",
        },
      );
      const result = done ? 0 : yield* this.#settle(submission, about, also);
      ring.release(submission);
      if (result !== "EAGAIN") return result;
      if (!this.#options.quirks.retriesForEver && timeouts + 1 >= MOST_TIMEOUTS) return "ETIMEDOUT";
    }
  }

  /** Where Linux reads the status word and FSTS again and again, this waits until one of them changes. */
  *#settle(
    submission: Submission,
    about: string,
    also: readonly Access[],
  ): Routine<SubmitResult | "EAGAIN"> {
    const { ring, window } = this.#options;
    for (;;) {
      const result = yield* this.act("look after", () => this.#check(submission), {
        also,
        ready: () =>
          ring.isDone(submission) ||
          ring.isAborted(submission) ||
          (window.read32(FSTS) & (IQE | ITE | ICE)) !== 0,
        waitingFor: () => `for ${about}, which the unit does not finish`,
      });
      if (result !== undefined) return result;
    }
  }

  /** qi_check_fault; undefined: look again. */
  #check(submission: Submission): SubmitResult | "EAGAIN" | undefined {
    const { ring, window } = this.#options;
    if (ring.isDone(submission)) return 0;
    if (ring.isAborted(submission)) return "EAGAIN";
    const status = window.read32(FSTS);
    if ((status & IQE) !== 0 && this.#replaceBad(submission)) return "EINVAL";
    if ((status & ITE) !== 0) {
      const gone = this.#abort();
      if (gone) return "ETIMEDOUT";
      if (ring.isAborted(submission)) return "EAGAIN";
    }
    if ((status & ICE) !== 0) window.write32(FSTS, ICE);
    return ring.isDone(submission) ? 0 : undefined;
  }

  /** The unit stops at a bad descriptor: a wait in its place lets it go on. */
  #replaceBad(submission: Submission): boolean {
    const { ring, window, quirks } = this.#options;
    const bad = ring.slotAt(window.read64(IQH));
    const ours = quirks.replacesOnlyFirst ? bad === submission.first : ring.holds(submission, bad);
    if (!ours) return false;
    ring.replaceByWait(bad, submission);
    window.write32(FSTS, IQE);
    return true;
  }

  /**
   * A device did not complete an invalidation in time: the unit has aborted the waits that it had fetched,
   * and their submitters have to try again, unless the device is gone.
   */
  #abort(): boolean {
    const { ring, window, isPresent } = this.#options;
    const sourceId = Number(ITESID.get(window.read64(IQERCD)));
    const head = window.read64(IQH);
    window.write32(FSTS, ITE);
    ring.abortFetched(head);
    return sourceId !== 0 && !isPresent(sourceId);
  }
}
