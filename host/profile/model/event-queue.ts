/** Numbers by time, and at the same time in the order in which they came: a binary heap. */
export class EventQueue {
  #times = new Float64Array(256);
  #orders = new Float64Array(256);
  #ids = new Int32Array(256);
  #length = 0;
  #count = 0;
  /** Of the last that was taken. */
  now = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(time: number, id: number): void {
    if (this.#length === this.#ids.length) this.#grow();
    const order = this.#count++;
    const times = this.#times;
    const orders = this.#orders;
    const ids = this.#ids;
    let at = this.#length++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (times[parent]! <= time) break;
      times[at] = times[parent]!;
      orders[at] = orders[parent]!;
      ids[at] = ids[parent]!;
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    ids[at] = id;
  }

  /** The next one; `now` is its time. */
  take(): number {
    const times = this.#times;
    const orders = this.#orders;
    const ids = this.#ids;
    const first = ids[0]!;
    this.now = times[0]!;
    const length = --this.#length;
    const time = times[length]!;
    const order = orders[length]!;
    const id = ids[length]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const other = child + 1;
      if (
        other < length &&
        (times[other]! < times[child]! ||
          (times[other] === times[child] && orders[other]! < orders[child]!))
      ) {
        child = other;
      }
      if (times[child]! > time || (times[child] === time && orders[child]! > order)) break;
      times[at] = times[child]!;
      orders[at] = orders[child]!;
      ids[at] = ids[child]!;
      at = child;
    }
    times[at] = time;
    orders[at] = order;
    ids[at] = id;
    return first;
  }

  #grow(): void {
    const length = 2 * this.#ids.length;
    const longer = <T extends Float64Array | Int32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.#times = longer(new Float64Array(length), this.#times);
    this.#orders = longer(new Float64Array(length), this.#orders);
    this.#ids = longer(new Int32Array(length), this.#ids);
  }
}
