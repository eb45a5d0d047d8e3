import type { Machine } from "../../machine.js";
import { CommandError } from "./command-error.js";

/** A tick of the machine is a millisecond of its virtual clock: edu's transfers take 100 of both. */
const NANOSECONDS_PER_TICK = 1_000_000n;

const LAST_NANOSECOND = 2n ** 63n - 1n;
/** Ticks and deadlines that one command may go through. */
const MOST_STEPS = 1_000_000;

/** The virtual clock: it stands still but for the commands that move it. */
export class Q35Clock {
  readonly #machine: Machine;
  #now = 0n;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Nanoseconds since the machine was made. */
  get now(): bigint {
    return this.#now;
  }

  /** @throws CommandError for the past, or a time that 63 bits do not hold. */
  advanceTo(time: bigint): void {
    if (time < this.#now) {
      throw new CommandError(`the clock is at ${this.#now} and cannot go back to ${time}`);
    }
    if (time > LAST_NANOSECOND) {
      throw new CommandError(`the clock ends at ${LAST_NANOSECOND}, and ${time} was asked for`);
    }
    this.#run(time / NANOSECONDS_PER_TICK - this.#now / NANOSECONDS_PER_TICK);
    this.#now = time;
  }

  /**
   * Advances until no endpoint is at work, or else to the next deadline of a unit; nowhere if nothing is due.
   */
  advanceToNext(): void {
    const before = this.#now / NANOSECONDS_PER_TICK;
    let ticks = 0n;
    while (this.#isBusy && ticks < MOST_STEPS) {
      this.#machine.run(1);
      ticks += 1n;
    }
    if (ticks === 0n) {
      ticks = this.#deadline() ?? 0n;
      for (const unit of this.#machine.units) unit.advance(ticks);
    }
    if (ticks > 0n) this.#now = (before + ticks) * NANOSECONDS_PER_TICK;
  }

  #run(ticks: bigint): void {
    let steps = 0;
    for (let left = ticks; left > 0n; steps++) {
      if (steps === MOST_STEPS) {
        throw new CommandError(
          `an endpoint is still at work after ${MOST_STEPS} ms: advance in smaller steps`,
        );
      }
      if (this.#isBusy) {
        this.#machine.run(1);
        left -= 1n;
        continue;
      }
      const deadline = this.#deadline();
      const skipped = deadline === undefined || deadline > left ? left : deadline;
      for (const unit of this.#machine.units) unit.advance(skipped);
      left -= skipped;
    }
  }

  get #isBusy(): boolean {
    return this.#machine.bus.topology.endpoints().some(({ endpoint }) => endpoint.busy);
  }

  /** Ticks until a unit does something by itself, at least one. */
  #deadline(): bigint | undefined {
    let nearest: bigint | undefined;
    for (const unit of this.#machine.units) {
      const deadline = unit.nextDeadline();
      if (deadline === undefined) continue;
      if (nearest === undefined || deadline < nearest) nearest = deadline;
    }
    return nearest === 0n ? 1n : nearest;
  }
}
