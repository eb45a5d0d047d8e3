/** What passes time for the unit and its endpoints. */
export interface BackgroundParts {
  /** One tick for the unit and every endpoint. */
  tick(): void;
  /** True if ticks alone, without the guest, get something done. */
  busy(): boolean;
  /** Passes the time until the unit's next deadline; false if it waits for none. */
  skipToDeadline(): boolean;
}

/** Ticks of one turn; after that the sockets get theirs. */
const TICKS_PER_TURN = 256;

/**
 * Who advances the clock of the unit and its endpoints beside a QEMU that runs on its own: ticks while there
 * is something to do, in turns between messages; and when nothing but a deadline is left and no
 * message came for `patience` milliseconds, the clock jumps to it.
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
    clearTimeout(this.#idle);
    this.#idle = undefined;
    this.#turn ??= setImmediate(() => {
      this.#run();
    });
  }

  stop(): void {
    clearImmediate(this.#turn);
    clearTimeout(this.#idle);
    this.#turn = undefined;
    this.#idle = undefined;
  }

  #run(): void {
    this.#turn = undefined;
    for (let ticks = 0; ticks < TICKS_PER_TURN; ticks++) {
      if (!this.#parts.busy()) {
        this.#rest();
        return;
      }
      this.#parts.tick();
    }
    this.wake();
  }

  #rest(): void {
    this.#idle = setTimeout(() => {
      if (this.#parts.skipToDeadline()) this.wake();
    }, this.#patience);
    this.#idle.unref();
  }
}
