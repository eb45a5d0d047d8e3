/**
 * The only file that knows where guest memory is: inside this module's own linear memory
 * (core.wasm), or behind four imported functions (core-port.wasm).
 */
import { GuestMemory } from "./guest-memory";
import * as port from "./memory-port";
import { CONFIG, CONFIG_MEMORY_MAP, CONFIG_REPORT_WRITES } from "./generated/layout";
import { EVENT_IOMMU_MRDS } from "./generated/performance-events";
import { Counters } from "./counters";
import { Outbox } from "./outbox";
import { Explain } from "./explain";
import { PerformanceMonitoring } from "./performance-monitoring";

const FAILED: u64 = u64.MAX_VALUE;

/**
 * How often a word may change between fetch and compare-and-exchange before the update has failed
 * (choice W5): memory that never takes one must not hang the unit.
 */
export const MOST_EXCHANGES: u32 = 1000;

export class Memory {
  /** Whether the last `fetch`, `read` or `compareExchange` failed. */
  static failed: bool = false;

  static configure(): void {
    if (!PORT) GuestMemory.useMemoryMap(load<i32>(CONFIG, CONFIG_MEMORY_MAP));
  }

  @inline
  static read(address: u64): u64 {
    const value = Memory.word(address);
    Memory.failed = Memory.hasFailed(value);
    return value;
  }

  /** Reads one word and leaves it to `hasFailed` whether that failed. */
  @inline
  private static word(address: u64): u64 {
    return PORT ? port.read64(address) : GuestMemory.read64(address);
  }
  /** Whether the last access, which answered `word`, failed. */
  @inline
  static hasFailed(word: u64): bool {
    return word == FAILED && Memory.noteFailure();
  }
  /** Keeps the answer, so that compilers cannot ask before it is known that the word is all ones. */
  private static noteFailure(): bool {
    Memory.failed = (PORT ? port.failed() : GuestMemory.failed()) != 0;
    return Memory.failed;
  }

  /**
   * Reads one word of a structure and counts it: `counter` is the count of reads of that kind. Where
   * it is `plain` that no event is counted and nothing explained, only `hasFailed` tells of a failure.
   */
  @inline
  static fetch(address: u64, counter: i32, plain: bool = false): u64 {
    Counters.add(counter);
    if (plain) return Memory.word(address);
    PerformanceMonitoring.count(EVENT_IOMMU_MRDS);
    return Memory.readAndTell(address, counter);
  }

  /** A further word of a structure whose first word `fetch` has counted. */
  @inline
  static fetchNext(address: u64, counter: i32, plain: bool = false): u64 {
    return plain ? Memory.word(address) : Memory.readAndTell(address, counter);
  }

  private static readAndTell(address: u64, counter: i32): u64 {
    const value = Memory.read(address);
    if (Explain.active) Outbox.fetch(counter, address, value, Memory.failed);
    return value;
  }

  /** As in `GuestMemory`: where the last entry of a walk lies, of which nothing is told but to `touch`. */
  @inline
  static lastEntry(table: u64, address: u64, levels: u32): u32 {
    return PORT
      ? port.lastEntry(table, address, levels)
      : GuestMemory.lastEntry(table, address, levels);
  }

  @inline
  static touch(place: u32): u32 {
    return PORT ? port.touch(place) : GuestMemory.touch(place);
  }

  /** False if the access failed. */
  static write(address: u64, value: u64): bool {
    if (Explain.dry) return true;
    const done = (PORT ? port.write64(address, value) : GuestMemory.write64(address, value)) != 0;
    if (done) Memory.report(address, 8);
    return done;
  }

  /** Four words in a row, as `write` would store them one by one; false if an access failed. */
  static writeFour(address: u64, word0: u64, word1: u64, word2: u64, word3: u64): bool {
    if (!PORT && !Explain.dry && load<u32>(CONFIG, CONFIG_REPORT_WRITES) == 0) {
      const place = GuestMemory.room(address, 32);
      if (place != 0) {
        store<u64>(place, word0);
        store<u64>(place, word1, 8);
        store<u64>(place, word2, 16);
        store<u64>(place, word3, 24);
        return true;
      }
    }
    return (
      Memory.write(address, word0) &&
      Memory.write(address + 8, word1) &&
      Memory.write(address + 16, word2) &&
      Memory.write(address + 24, word3)
    );
  }

  /** The word found before; `failed` tells whether the access failed. */
  static compareExchange(address: u64, expected: u64, replacement: u64): u64 {
    // A dry run exchanges the word for itself: whether memory would take an update shows all the same.
    const stored = Explain.dry ? expected : replacement;
    const found = PORT
      ? port.compareExchange64(address, expected, stored)
      : GuestMemory.compareExchange64(address, expected, stored);
    Memory.failed = Memory.hasFailed(found);
    const written = !Memory.failed && found == expected && !Explain.dry;
    if (written) Memory.report(address, 8);
    return found;
  }

  /** A coherent dword write, made of the 64-bit accesses that the port has. */
  static write32(address: u64, value: u32): bool {
    const word = address & ~7;
    const shift: u64 = (address & 4) << 3;
    const others = ~((<u64>0xffff_ffff) << shift);
    // The first guess is as good as any: a write must not depend on the right to read.
    let guess: u64 = 0;
    for (let attempt: u32 = 0; attempt <= MOST_EXCHANGES; attempt++) {
      const replacement = (guess & others) | ((<u64>value) << shift);
      const found = Memory.compareExchange(word, guess, replacement);
      if (Memory.failed) return false;
      if (found == guess) return true;
      guess = found;
    }
    return false;
  }

  private static report(address: u64, length: u32): void {
    if (load<u32>(CONFIG, CONFIG_REPORT_WRITES)) Outbox.memoryWrite(address, length);
  }
}
