interface Range {
  readonly iova: bigint;
  readonly length: bigint;
}

/** Ranges that do not overlap, in the order of their addresses, found by halves. */
export class Areas<Area extends Range> implements Iterable<Area> {
  readonly #areas: Area[] = [];

  [Symbol.iterator](): Iterator<Area> {
    return this.#areas.values();
  }

  get isEmpty(): boolean {
    return this.#areas.length === 0;
  }

  /** Those that have an address of `start` up to `end`, without `end`. */
  inside(start: bigint, end: bigint): Area[] {
    const first = this.#firstBehind(start);
    let last = first;
    while (last < this.#areas.length && this.#areas[last]!.iova < end) last++;
    return this.#areas.slice(first, last);
  }

  /** The first of those. */
  first(start: bigint, end: bigint): Area | undefined {
    const area = this.#areas[this.#firstBehind(start)];
    return area !== undefined && area.iova < end ? area : undefined;
  }

  add(area: Area): void {
    this.#areas.splice(this.#firstBehind(area.iova), 0, area);
  }

  remove(area: Area): void {
    this.#areas.splice(this.#firstBehind(area.iova), 1);
  }

  /** The place of the first that ends behind an address. */
  #firstBehind(address: bigint): number {
    let [low, high] = [0, this.#areas.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { iova, length } = this.#areas[middle]!;
      if (iova + length > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
