/**
 * Keeps at most so many of things that are numbered from 0, spread evenly: whole runs of neighbours, of all,
 * then of every second run, every fourth, as more of them come.
 */
export class Thinned<T> {
  readonly #most: number;
  readonly #run: number;
  readonly #kept = new Map<number, T>();
  #every: number;

  /**
   * @param most kept at once
   * @param run things in a run: at most half of `most`
   * @param every of how many runs one is kept from the beginning
   */
  constructor(most: number, run: number, every = 1) {
    this.#most = most;
    this.#run = run;
    this.#every = every;
  }

  /** Of how many runs one is kept. */
  get every(): number {
    return this.#every;
  }

  /** Things in a run. */
  get run(): number {
    return this.#run;
  }

  /** Makes and keeps the thing of this number if its turn is; what was kept under the number gives way. */
  offer(number: number, make: () => T): void {
    if (Math.floor(number / this.#run) % this.#every !== 0) return;
    this.#kept.set(number, make());
    while (this.#kept.size > this.#most) this.#thin();
  }

  /** What was kept, by ascending number. */
  get kept(): T[] {
    return [...this.#kept].sort(([a], [b]) => a - b).map(([, thing]) => thing);
  }

  #thin(): void {
    this.#every *= 2;
    for (const number of this.#kept.keys()) {
      if (Math.floor(number / this.#run) % this.#every !== 0) this.#kept.delete(number);
    }
  }
}
