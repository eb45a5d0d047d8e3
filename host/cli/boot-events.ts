import type { FaultEvent } from "../core/outbox.js";
import type { Attachment, LostReason } from "../emulators/v86/index.js";

/** What happened, as far as the account names single events. */
export interface BootEvents {
  readonly faults: readonly FaultEvent[];
  /** Page group responses by code: 0 Success, 1 Invalid Request, 15 Response Failure. */
  readonly responses: ReadonlyMap<number, number>;
  readonly lostInterrupts: readonly LostReason[];
  /** Milliseconds from the attachment on; undefined if it never happened. */
  readonly firstLineMs: number | undefined;
  readonly firstResponseMs: number | undefined;
}

/** Listens to a run from its start. */
export class BootListener {
  readonly #faults: FaultEvent[] = [];
  readonly #responses = new Map<number, number>();
  readonly #lost: LostReason[] = [];
  #start = 0;
  #firstLineMs: number | undefined;
  #firstResponseMs: number | undefined;

  attached(attachment: Attachment): void {
    const { iommu } = attachment;
    this.#start = performance.now();
    iommu.on("fault", (fault) => this.#faults.push(fault));
    iommu.on("pageGroupResponse", ({ code }) => {
      this.#firstResponseMs ??= performance.now() - this.#start;
      this.#responses.set(code, (this.#responses.get(code) ?? 0) + 1);
    });
    attachment.onLostInterrupt((_message, why) => this.#lost.push(why));
  }

  /** The guest has written a line. */
  line(): void {
    this.#firstLineMs ??= performance.now() - this.#start;
  }

  get events(): BootEvents {
    return {
      faults: this.#faults,
      responses: this.#responses,
      lostInterrupts: this.#lost,
      firstLineMs: this.#firstLineMs,
      firstResponseMs: this.#firstResponseMs,
    };
  }
}
