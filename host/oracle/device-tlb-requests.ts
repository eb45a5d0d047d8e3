/** An Invalidate Request that the device has not completed yet. */
interface Outstanding {
  readonly itag: number;
  readonly sourceId: number;
  readonly deadline: bigint;
  /** PFSID. */
  readonly physicalFunction: number | undefined;
}

/** How many requests a physical function is to have outstanding at most (§6.5.2.5, with ECAP.DIT). */
export interface Throttle {
  readonly physicalFunction: number;
  /** MIP: 1 to 32. */
  readonly limit: number;
}

const ITAGS = 32;

/** ITags of device-TLB invalidations, and their time-outs (§4.1.4, §6.5.2.11). */
export class DeviceTlbRequests {
  readonly #timeout: bigint;
  #outstanding: Outstanding[] = [];
  #nextTag = 0;
  #now = 0n;

  /** `timeout` in ticks, at least 1. */
  constructor(timeout: bigint) {
    if (timeout < 1n) {
      throw new RangeError(`invalidationTimeout ${timeout.toString()}: expected at least 1 tick`);
    }
    this.#timeout = timeout;
  }

  get outstanding(): number {
    return this.#outstanding.length;
  }

  /** When the next one times out, in ticks since the unit was made. */
  get nextDeadline(): bigint | undefined {
    // All have the same time to answer, so that the oldest is the first.
    return this.#outstanding[0]?.deadline;
  }

  /**
   * An ITag for a request that is sent now, the next free one in turn; undefined if all are in use, or
   * the function has enough to do.
   */
  begin(sourceId: number, throttle?: Throttle): number | undefined {
    if (this.#outstanding.length === ITAGS) return undefined;
    const physicalFunction = throttle?.physicalFunction;
    if (throttle !== undefined) {
      const busy = this.#outstanding.filter((one) => one.physicalFunction === physicalFunction);
      if (busy.length >= throttle.limit) return undefined;
    }
    let itag = this.#nextTag;
    while (this.#outstanding.some((request) => request.itag === itag)) itag = (itag + 1) % ITAGS;
    this.#nextTag = (itag + 1) % ITAGS;
    this.#outstanding.push({
      itag,
      sourceId,
      physicalFunction,
      deadline: this.#now + this.#timeout,
    });
    return itag;
  }

  /** False if no request with the ITag is outstanding for the device. */
  complete(sourceId: number, itag: number): boolean {
    const others = this.#outstanding.filter(
      (request) => request.itag !== itag || request.sourceId !== sourceId,
    );
    const found = others.length !== this.#outstanding.length;
    this.#outstanding = others;
    return found;
  }

  /** Time passes up to the tick; the devices whose requests timed out, in order. */
  advanceTo(tick: bigint): number[] {
    this.#now = tick;
    const late = this.#outstanding.filter(({ deadline }) => deadline <= tick);
    this.#outstanding = this.#outstanding.filter(({ deadline }) => deadline > tick);
    return late.map(({ sourceId }) => sourceId);
  }

  get now(): bigint {
    return this.#now;
  }

  /** A reset. Time goes on. */
  forget(): void {
    this.#outstanding = [];
    this.#nextTag = 0;
  }
}
