import type { CoreExports } from "../../../core/exports.js";
import type { GuestMemory, PoisonOptions } from "../../../memory/guest-memory.js";
import { memoryMap } from "../../../memory/memory-map.js";
import type { SessionMemory } from "../unit-session.js";

const PAGE = 4096;

/**
 * Guest RAM inside a core that can be looked at word by word alone. What the host has written is
 * remembered, so that only words that change are sent; pages that the unit has written are asked for.
 */
export class WasmtimeMemory implements SessionMemory {
  readonly #peek: CoreExports["peek32"];
  readonly #poke: CoreExports["poke32"];
  /** RAM and the memory map ahead of it as the host knows them; poison is written to the map. */
  readonly #guest: GuestMemory;
  readonly #mapAt: number;
  readonly #known: DataView;
  readonly #size: number;
  /** Pages that the unit has written since the host has looked. */
  readonly #stale = new Set<number>();
  #map: Int32Array;

  constructor(
    functions: Pick<CoreExports, "peek32" | "poke32">,
    guest: GuestMemory,
    mapAt: number,
    size: number,
  ) {
    this.#peek = functions.peek32;
    this.#poke = functions.poke32;
    this.#guest = guest;
    this.#mapAt = mapAt;
    this.#size = size;
    this.#known = new DataView(guest.wasmMemory.buffer, mapAt + memoryMap.ramAt, size);
    this.#map = this.#mapWords().slice();
  }

  /** Told of what the unit has written. */
  written(address: bigint, length: number): void {
    const first = Math.floor(Number(address) / PAGE);
    const last = Math.floor((Number(address) + length - 1) / PAGE);
    for (let page = first; page <= last; page++) this.#stale.add(page);
  }

  contains(address: bigint, length = 1): boolean {
    return this.#guest.contains(address, length);
  }

  readBytes(address: bigint, length: number): Uint8Array {
    this.#refresh(address, length);
    return this.#guest.readBytes(address, length);
  }

  writeBytes(address: bigint, bytes: Uint8Array): void {
    this.#refresh(address, bytes.length);
    const start = Number(address);
    const before = this.#guest.readBytes(address, bytes.length);
    if (Buffer.compare(before, bytes) === 0) return;
    const words = (at: number) => this.#known.getInt32(at, true);
    const first = start - (start % 4);
    const old: number[] = [];
    for (let at = first; at < start + bytes.length; at += 4) old.push(words(at));
    this.#guest.writeBytes(address, bytes);
    old.forEach((word, index) => {
      const at = first + 4 * index;
      if (words(at) !== word) this.#poke(this.#mapAt + memoryMap.ramAt + at, words(at));
    });
  }

  fill(address: bigint, length: number, value = 0): void {
    this.writeBytes(address, new Uint8Array(length).fill(value));
  }

  poison(start: bigint, length: number | bigint, options?: PoisonOptions): void {
    this.#guest.poison(start, length, options);
    this.#sendMap();
  }

  heal(): void {
    this.#guest.heal();
    this.#sendMap();
  }

  #mapWords(): Int32Array {
    return new Int32Array(this.#guest.wasmMemory.buffer, this.#mapAt, memoryMap.ramAt / 4);
  }

  #sendMap(): void {
    const words = this.#mapWords();
    words.forEach((word, index) => {
      if (word !== this.#map[index]) this.#poke(this.#mapAt + 4 * index, word);
    });
    this.#map = words.slice();
  }

  /** Asks for the pages of a range that the unit has written. */
  #refresh(address: bigint, length: number): void {
    if (!this.contains(address, length)) return;
    const first = Math.floor(Number(address) / PAGE);
    const last = Math.floor((Number(address) + Math.max(length, 1) - 1) / PAGE);
    for (let page = first; page <= last; page++) {
      if (!this.#stale.delete(page)) continue;
      for (let at = page * PAGE; at < (page + 1) * PAGE && at < this.#size; at += 4) {
        this.#known.setInt32(at, this.#peek(this.#mapAt + memoryMap.ramAt + at), true);
      }
    }
  }
}
