import type { FaultEvent } from "../core/outbox.js";
import type { Iommu } from "../iommu.js";

/** What happened, as far as the account names single events. */
export interface BootEvents {
  readonly faults: readonly FaultEvent[];
  /** Page group responses by code: 0 Success, 1 Invalid Request, 15 Response Failure. */
  readonly responses: ReadonlyMap<number, number>;
  /** Why each was lost. */
  readonly lostInterrupts: readonly string[];
  /** Milliseconds from the attachment on; undefined if it never happened. */
  readonly firstLineMs: number | undefined;
  readonly firstResponseMs: number | undefined;
}

/** A machine of any emulator, as far as it tells what happens. */
export interface WatchedMachine {
  readonly iommu: Iommu;
  onLostInterrupt(listener: (message: unknown, why: string) => void): unknown;
}

/** Listens to a run from its start. */
export class BootListener {
  readonly #faults: FaultEvent[] = [];
  readonly #responses = new Map<number, number>();
  readonly #lost: string[] = [];
  #start = 0;
  #firstLineMs: number | undefined;
  #firstResponseMs: number | undefined;

  attached(machine: WatchedMachine): void {
    const { iommu } = machine;
    this.#start = performance.now();
    iommu.on("fault", (fault) => this.#faults.push(fault));
    iommu.on("pageGroupResponse", ({ code }) => {
      this.#firstResponseMs ??= performance.now() - this.#start;
      this.#responses.set(code, (this.#responses.get(code) ?? 0) + 1);
    });
    machine.onLostInterrupt((_message, why) => this.#lost.push(why));
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
