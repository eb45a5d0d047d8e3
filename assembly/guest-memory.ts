/**
 * Guest memory behind a memory map (host/memory/guest-memory.ts draws it), or flat at one address.
 *
 * Compiled twice: into core.wasm, and alone as guest-memory.wasm, the accessor that core-port.wasm
 * imports over the memory of somebody else. It keeps nothing in linear memory, because in the
 * second case that memory is not ours.
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

const READS: u32 = 1;
const WRITES: u32 = 2;

/** Whether a memory map describes the memory; otherwise it is flat. */
let mapped: bool = false;
let memoryMap: usize = 0;
let flatBase: usize = 0;
let flatSize: u64 = 0;
let lastFailed: i32 = 0;

/** Guest memory is what the memory map at this address describes. */
export function useMemoryMap(address: i32): i32 {
  mapped = true;
  memoryMap = <usize>address;
  return 0;
}

/** Guest memory is `size` bytes, guest physical 0 at `base`. */
export function useFlatMemory(base: i32, size: i32): i32 {
  mapped = false;
  flatBase = <usize>base;
  flatSize = <u64>(<u32>size);
  return 0;
}

function poisoned(address: u64, kind: u32): bool {
  const count = load<u32>(memoryMap, MAP_POISON_COUNT);
  let range = memoryMap + MAP_POISONS;
  for (let i: u32 = 0; i < count; i++, range += RECORD_SIZE) {
    if (address + 8 > load<u64>(range) && address < load<u64>(range, POISON_END)) {
      if (load<u32>(range, POISON_FLAGS) & kind) return true;
    }
  }
  return false;
}

/** Where the word at a guest physical address lies in linear memory; 0 if the access fails. */
function locate(address: u64, kind: u32): usize {
  if (!mapped) {
    if (address > flatSize - 8) return 0;
    return flatBase + <usize>address;
  }
  if (load<u32>(memoryMap, MAP_POISON_COUNT) != 0 && poisoned(address, kind)) return 0;
  const count = load<u32>(memoryMap, MAP_REGION_COUNT);
  let region = memoryMap + MAP_REGIONS;
  for (let i: u32 = 0; i < count; i++, region += RECORD_SIZE) {
    const offset = address - load<u64>(region);
    if (offset < load<u64>(region, REGION_LENGTH)) {
      return memoryMap + <usize>load<u32>(region, REGION_OFFSET) + <usize>offset;
    }
  }
  return 0;
}

/** The 64-bit word at an address that is a multiple of 8; all ones and `failed()` if it failed. */
export function read64(address: u64): u64 {
  const at = locate(address, READS);
  if (at == 0) {
    lastFailed = 1;
    return FAILED;
  }
  const value = load<u64>(at);
  if (value == FAILED) lastFailed = 0;
  return value;
}

/** 1 if stored, 0 if the access failed. */
export function write64(address: u64, value: u64): i32 {
  const at = locate(address, WRITES);
  if (at == 0) return 0;
  store<u64>(at, value);
  return 1;
}

/** The word found; `replacement` is stored if it equals `expected`. All ones and `failed()` as for a read. */
export function compareExchange64(address: u64, expected: u64, replacement: u64): u64 {
  const at = locate(address, WRITES);
  if (at == 0) {
    lastFailed = 1;
    return FAILED;
  }
  const found = load<u64>(at);
  if (found == expected) store<u64>(at, replacement);
  if (found == FAILED) lastFailed = 0;
  return found;
}

/** Whether the last read or compare-and-exchange that answered all ones has failed. */
export function failed(): i32 {
  return lastFailed;
}
