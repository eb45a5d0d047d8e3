/**
 * Guest memory behind a memory map (host/memory/guest-memory.ts draws it), or flat at one address.
 *
 * Compiled twice: into core.wasm, and with guest-memory-accessor.ts as guest-memory.wasm, which
 * core-port.wasm imports over the memory of somebody else. It keeps nothing in linear memory,
 * because in the second case that memory is not ours.
 *
 * A failed read answers all ones, which no valid entry of any structure is; `failed()` then tells a
 * failure from a word that really holds all ones.
 */

const FAILED: u64 = u64.MAX_VALUE;

const MAP_REGION_COUNT = 4;
const MAP_POISON_COUNT = 8;
const MAP_REGIONS = 64;
const MAP_POISONS = 4096;
const RECORD_SIZE = 32;
const REGION_LENGTH = 8;
const REGION_OFFSET = 16;
const POISON_END = 8;
const POISON_FLAGS = 16;

// Of entries of page tables, in both formats (§9.7, §9.8): read permission is at the place of present.
const PRESENT: u64 = 1;
const PAGE_SIZE_BIT: u64 = 1 << 7;
const TABLE: u64 = 0x000f_ffff_ffff_f000;
const MOST_LEVELS: u32 = 5;
const LOWEST_SHIFT: u64 = 12;

const READS: u32 = 1;
const WRITES: u32 = 2;

export class GuestMemory {
  /** Whether a memory map describes the memory; otherwise it is flat, as it never is in core.wasm. */
  private static mapped: bool = false;
  @inline
  private static get isMapped(): bool {
    return isDefined(PORT) || GuestMemory.mapped;
  }
  private static memoryMap: usize = 0;
  private static flatBase: usize = 0;
  private static flatSize: u64 = 0;
  private static lastFailed: i32 = 0;

  /** Guest memory is what the memory map at this address describes. */
  static useMemoryMap(address: i32): i32 {
    GuestMemory.mapped = true;
    GuestMemory.memoryMap = <usize>address;
    return 0;
  }

  /** Guest memory is `size` bytes, guest physical 0 at `base`. */
  static useFlatMemory(base: i32, size: i32): i32 {
    GuestMemory.mapped = false;
    GuestMemory.flatBase = <usize>base;
    GuestMemory.flatSize = <u64>(<u32>size);
    return 0;
  }

  private static poisoned(address: u64, kind: u32): bool {
    const count = load<u32>(GuestMemory.memoryMap, MAP_POISON_COUNT);
    let range = GuestMemory.memoryMap + MAP_POISONS;
    for (let i: u32 = 0; i < count; i++, range += RECORD_SIZE) {
      if (address + 8 > load<u64>(range) && address < load<u64>(range, POISON_END)) {
        if (load<u32>(range, POISON_FLAGS) & kind) return true;
      }
    }
    return false;
  }

  /** Where the word at a guest physical address lies in linear memory; 0 if the access fails. */
  private static locate(address: u64, kind: u32): usize {
    if (!GuestMemory.isMapped) {
      if (address > GuestMemory.flatSize - 8) return 0;
      return GuestMemory.flatBase + <usize>address;
    }
    if (
      load<u32>(GuestMemory.memoryMap, MAP_POISON_COUNT) != 0 &&
      GuestMemory.poisoned(address, kind)
    )
      return 0;
    const count = load<u32>(GuestMemory.memoryMap, MAP_REGION_COUNT);
    let region = GuestMemory.memoryMap + MAP_REGIONS;
    for (let i: u32 = 0; i < count; i++, region += RECORD_SIZE) {
      const offset = address - load<u64>(region);
      if (offset < load<u64>(region, REGION_LENGTH)) {
        return GuestMemory.memoryMap + <usize>load<u32>(region, REGION_OFFSET) + <usize>offset;
      }
    }
    return 0;
  }

  /**
   * The 64-bit word at an address that is a multiple of 8; all ones and `failed()` if it failed.
   * Most words lie in the first region, and no range is poisoned; the rest is out of line.
   */
  @inline
  static read64(address: u64): u64 {
    const map = GuestMemory.memoryMap;
    if (GuestMemory.isMapped && load<u32>(map, MAP_POISON_COUNT) == 0) {
      const offset = address - load<u64>(map, MAP_REGIONS);
      if (offset < load<u64>(map, MAP_REGIONS + REGION_LENGTH)) {
        const region = map + <usize>load<u32>(map, MAP_REGIONS + REGION_OFFSET);
        const value = load<u64>(region + <usize>offset);
        if (value != FAILED) return value;
      }
    }
    return GuestMemory.readElsewhere(address);
  }

  private static readElsewhere(address: u64): u64 {
    const at = GuestMemory.locate(address, READS);
    if (at == 0) {
      GuestMemory.lastFailed = 1;
      return FAILED;
    }
    const value = load<u64>(at);
    if (value == FAILED) GuestMemory.lastFailed = 0;
    return value;
  }

  /**
   * Follows the address through page tables of up to five levels as `table` points to them, in
   * either format. Answers the place for `touch` of the entry of the lowest level, which it does not
   * read, or 0 if the way ends before. It tells nothing of failures, and takes no notice of poison.
   */
  static lastEntry(table: u64, address: u64, levels: u32): u32 {
    if (levels == 0 || levels > MOST_LEVELS) return 0;
    let entry = table;
    let shift = <u64>(3 + 9 * levels);
    while (true) {
      const at = (entry & TABLE) + (((address >> shift) & 511) << 3);
      const place = GuestMemory.place(at);
      if (place == 0 || shift == LOWEST_SHIFT) return <u32>place;
      entry = load<u64>(place);
      if ((entry & (PAGE_SIZE_BIT | PRESENT)) != PRESENT) return 0;
      shift -= 9;
    }
  }

  /** Where the word at an address that is a multiple of 8 lies; 0 outside memory. */
  @inline
  private static place(address: u64): usize {
    if (!GuestMemory.isMapped) return GuestMemory.locate(address, READS);
    const map = GuestMemory.memoryMap;
    const offset = address - load<u64>(map, MAP_REGIONS);
    if (offset >= load<u64>(map, MAP_REGIONS + REGION_LENGTH)) {
      return GuestMemory.locate(address, READS);
    }
    return map + <usize>load<u32>(map, MAP_REGIONS + REGION_OFFSET) + <usize>offset;
  }

  /** Where so many bytes lie that may be written; 0 if they are not all in the first region. */
  @inline
  static room(address: u64, bytes: u64): usize {
    const map = GuestMemory.memoryMap;
    if (!GuestMemory.isMapped || load<u32>(map, MAP_POISON_COUNT) != 0) return 0;
    const offset = address - load<u64>(map, MAP_REGIONS);
    const length = load<u64>(map, MAP_REGIONS + REGION_LENGTH);
    if (offset >= length || length - offset < bytes) return 0;
    return map + <usize>load<u32>(map, MAP_REGIONS + REGION_OFFSET) + <usize>offset;
  }

  /** Reads a word at a place that `lastEntry` has answered, for no other purpose than to have it near. */
  static touch(place: u32): u32 {
    return load<u32>(<usize>place);
  }

  /** 1 if stored, 0 if the access failed. */
  static write64(address: u64, value: u64): i32 {
    const poisoned =
      GuestMemory.isMapped && load<u32>(GuestMemory.memoryMap, MAP_POISON_COUNT) != 0;
    const at = poisoned ? GuestMemory.locate(address, WRITES) : GuestMemory.place(address);
    if (at == 0) return 0;
    store<u64>(at, value);
    return 1;
  }

  /** The word found; `replacement` is stored if it equals `expected`. All ones and `failed()` as for a read. */
  static compareExchange64(address: u64, expected: u64, replacement: u64): u64 {
    const at = GuestMemory.locate(address, WRITES);
    if (at == 0) {
      GuestMemory.lastFailed = 1;
      return FAILED;
    }
    const found = load<u64>(at);
    if (found == expected) store<u64>(at, replacement);
    if (found == FAILED) GuestMemory.lastFailed = 0;
    return found;
  }

  /** Whether the last read or compare-and-exchange that answered all ones has failed. */
  static failed(): i32 {
    return GuestMemory.lastFailed;
  }
}
