/** Event counters: 64 bit, always on (host/core/layout.ts names them). */
import { COUNTERS, COUNTERS_COUNT } from "./generated/layout";

export class Counters {
  static add(index: i32): void {
    const at = <usize>(COUNTERS + (index << 3));
    store<u64>(at, load<u64>(at) + 1);
  }

  static addMany(index: i32, count: u32): void {
    const at = <usize>(COUNTERS + (index << 3));
    store<u64>(at, load<u64>(at) + count);
  }

  static clear(): void {
    memory.fill(COUNTERS, 0, COUNTERS_COUNT << 3);
  }
}
