/** What passes time for the unit and its endpoints. */
export interface BackgroundParts {
  /** One tick for the unit and every endpoint. */
  tick(): void;
  /** True if ticks alone, without the guest, get something done. */
  busy(): boolean;
  /** Whether the unit waits for a deadline. */
  awaitsDeadline(): boolean;
  /** Passes the time until the unit's next deadline. */
  skipToDeadline(): void;
}

/** Ticks of one turn; after that the sockets get theirs. */
const TICKS_PER_TURN = 256;

/**
 * Who advances the clock of the unit and its endpoints beside a QEMU that runs on its own: ticks while there
 * is something to do, in turns between messages; and when nothing but a deadline was left for `patience`
 * milliseconds, the clock jumps to it. Accesses of the guest that give nobody anything to do change nothing of
 * that: a driver polls registers while it waits.
 */
export class BackgroundClock {
  readonly #parts: BackgroundParts;
  readonly #patience: number;
  #turn: NodeJS.Immediate | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(parts: BackgroundParts, patience = 100) {
    this.#parts = parts;
    this.#patience = patience;
  }

  /** Something happened: there may be work. */
  wake(): void {
    this.#turn ??= setImmediate(() => {
      this.#run();
    });
  }

  stop(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    this.#stay();
  }

  #run(): void {
    this.#turn = undefined;
    for (let ticks = 0; ticks < TICKS_PER_TURN; ticks++) {
      if (!this.#parts.busy()) {
        this.#rest();
        return;
      }
      this.#stay();
      this.#parts.tick();
    }
    this.wake();
  }

  /** No jump: there is work, or nothing to jump to. */
  #stay(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
  }

  #rest(): void {
    if (!this.#parts.awaitsDeadline()) {
      this.#stay();
      return;
    }
    this.#idle ??= setTimeout(() => {
      this.#idle = undefined;
      if (!this.#parts.awaitsDeadline()) return;
      this.#parts.skipToDeadline();
      this.wake();
    }, this.#patience).unref();
  }
}
