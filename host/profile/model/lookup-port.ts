/** A pause of lookups, from its first cycle to the one behind its last. */
interface Pause {
  readonly from: number;
  readonly to: number;
}

/** Pauses that are over are dropped when they are so many. */
const FORGOTTEN = 1024;

/** The beginning of the lookup pipeline: one lookup after the other, and pauses for invalidations between them. */
export class LookupPort {
  readonly #interval: number;
  /** Until when it is taken: without a gap from now. */
  #taken = 0;
  /** Pauses that are not over, oldest first. */
  readonly #pauses: Pause[] = [];
  /** Where in `#pauses` they begin. */
  #first = 0;
  /** Cycles of all of `#pauses`. */
  #paused = 0;

  constructor(interval: number) {
    this.#interval = interval;
  }

  /** When a lookup that is there now begins. */
  take(now: number): number {
    const start = Math.max(now, this.#taken);
    this.#taken = start + this.#interval;
    return start;
  }

  /** How many of the cycles from now until the next lookup can begin are pauses. */
  pausedFrom(now: number): number {
    this.#forgetUntil(now);
    const first = this.#pauses[this.#first];
    return first === undefined ? 0 : this.#paused - Math.max(0, now - first.from);
  }

  /** No lookup begins for so many cycles, once those that are there have begun. */
  pause(now: number, cycles: number): void {
    if (cycles === 0) return;
    this.#forgetUntil(now);
    const from = Math.max(now, this.#taken);
    this.#taken = from + cycles;
    this.#pauses.push({ from, to: this.#taken });
    this.#paused += cycles;
  }

  #forgetUntil(now: number): void {
    for (; this.#first < this.#pauses.length; this.#first++) {
      const { from, to } = this.#pauses[this.#first]!;
      if (to > now) break;
      this.#paused -= to - from;
    }
    if (this.#first < FORGOTTEN) return;
    this.#pauses.splice(0, this.#first);
    this.#first = 0;
  }
}
