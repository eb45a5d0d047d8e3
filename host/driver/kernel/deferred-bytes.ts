/** Memory that nobody can find any more and that waits for a grace period, or for a flush, to be free. */
export class DeferredBytes {
  #now = 0;
  #peak = 0;

  /** At most at one time of the run. */
  get peak(): number {
    return this.#peak;
  }

  /** More of it (positive), or freed (negative). */
  add(bytes: number): void {
    this.#now += bytes;
    this.#peak = Math.max(this.#peak, this.#now);
  }
}
