/** The exports of guest-memory.wasm, the accessor: guest-memory.ts says what they do. */
import { GuestMemory } from "./guest-memory";

export function useMemoryMap(address: i32): i32 {
  return GuestMemory.useMemoryMap(address);
}

export function useFlatMemory(base: i32, size: i32): i32 {
  return GuestMemory.useFlatMemory(base, size);
}

export function read64(address: u64): u64 {
  return GuestMemory.read64(address);
}

export function write64(address: u64, value: u64): i32 {
  return GuestMemory.write64(address, value);
}

export function compareExchange64(address: u64, expected: u64, replacement: u64): u64 {
  return GuestMemory.compareExchange64(address, expected, replacement);
}

export function failed(): i32 {
  return GuestMemory.failed();
}

export function lastEntry(table: u64, address: u64, levels: u32): u32 {
  return GuestMemory.lastEntry(table, address, levels);
}

export function touch(place: u32): u32 {
  return GuestMemory.touch(place);
}
