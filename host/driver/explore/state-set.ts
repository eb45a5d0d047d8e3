const FEWEST_SLOTS = 2 ** 10;
/** More states than this are not told apart. */
const MOST_STATES = 2 ** 23;
/** Neighbouring numbers go to slots far from each other: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e3779b1;

/**
 * A set of numbers of states. Explorations meet millions: an open hash table costs eight to sixteen bytes
 * for each, and nothing to a garbage collector.
 */
export class StateSet {
  #slots = new Float64Array(FEWEST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a state: a whole number from 0 up. */
  add(state: number): void {
    if (this.#size === MOST_STATES) return;
    // 0 stands for an empty slot.
    const entry = state + 1;
    const at = place(this.#slots, entry);
    if (this.#slots[at] === entry) return;
    this.#slots[at] = entry;
    this.#size += 1;
    if (2 * this.#size > this.#slots.length) this.#grow();
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#slots.length);
    for (const entry of this.#slots) {
      if (entry !== 0) larger[place(larger, entry)] = entry;
    }
    this.#slots = larger;
  }
}

/** The slot that holds an entry, or the one where it belongs. */
function place(slots: Float64Array, entry: number): number {
  const mask = slots.length - 1;
  let at = (Math.imul(entry | 0, SPREAD) >>> 5) & mask;
  while (slots[at] !== 0 && slots[at] !== entry) at = (at + 1) & mask;
  return at;
}
