/** Slots of the tree for each key that there may be. */
const ROOM = 4;
const NONE = -1;

/** Keys in the order of their last use, with the number of keys used since then in logarithmic time. */
export class RecencyOrder {
  readonly #slots: number;
  /** A Fenwick tree over the slots: 1 where a slot is the last use of a key. */
  readonly #tree: Int32Array;
  readonly #keyOfSlot: Float64Array;
  /** An open-addressed table of the keys, at most half full. */
  readonly #keys: Float64Array;
  readonly #slotOfKey: Int32Array;
  #size = 0;
  #next = 0;

  /** @param keys how many there may be at once: a power of two */
  constructor(keys: number) {
    this.#slots = ROOM * keys;
    this.#tree = new Int32Array(this.#slots + 1);
    this.#keyOfSlot = new Float64Array(this.#slots);
    this.#keys = new Float64Array(2 * keys).fill(NONE);
    this.#slotOfKey = new Int32Array(2 * keys);
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Uses a key. Answers how many other keys were used since its last use, -1 if there was none.
   * @param key an integer, 0 to 2^53 - 1, whose lower 32 bits are those of a hash
   */
  touch(key: number): number {
    if (this.#next === this.#slots) this.retain(() => true);
    const place = this.#placeOf(key);
    const isNew = this.#keys[place] === NONE;
    let distance = -1;
    if (isNew) {
      this.#keys[place] = key;
      this.#size += 1;
    } else {
      const before = this.#slotOfKey[place]!;
      distance = this.#size - this.#upTo(before);
      this.#change(before, -1);
    }
    this.#put(place, key);
    return distance;
  }

  /** Forgets the other keys. */
  retain(wanted: (key: number) => boolean): void {
    const kept: number[] = [];
    for (let slot = 0; slot < this.#next; slot++) {
      const key = this.#keyOfSlot[slot]!;
      const isLast = this.#slotOfKey[this.#placeOf(key)] === slot;
      if (isLast && wanted(key)) kept.push(key);
    }
    this.#tree.fill(0);
    this.#keys.fill(NONE);
    this.#next = 0;
    this.#size = kept.length;
    for (const key of kept) {
      const place = this.#placeOf(key);
      this.#keys[place] = key;
      this.#put(place, key);
    }
  }

  /** Where a key stands in the table, or would. */
  #placeOf(key: number): number {
    const mask = this.#keys.length - 1;
    let place = key & mask;
    while (this.#keys[place] !== key && this.#keys[place] !== NONE) place = (place + 1) & mask;
    return place;
  }

  #put(place: number, key: number): void {
    this.#slotOfKey[place] = this.#next;
    this.#keyOfSlot[this.#next] = key;
    this.#change(this.#next, 1);
    this.#next += 1;
  }

  /** Keys whose last use lies in the slots up to this one. */
  #upTo(slot: number): number {
    let sum = 0;
    for (let node = slot + 1; node > 0; node -= node & -node) sum += this.#tree[node]!;
    return sum;
  }

  #change(slot: number, by: number): void {
    for (let node = slot + 1; node <= this.#slots; node += node & -node) this.#tree[node]! += by;
  }
}
