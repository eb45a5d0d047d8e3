/** The registers as software reads them (§11.4): the one place where register values are kept. */
import {
  CONFIG,
  CONFIG_REGISTER_BYTES,
  REGISTERS,
  REGISTER_RESET,
  REGISTER_RW,
  REGISTER_RW1C,
  REGISTER_STICKY,
  REGISTER_WIDTH,
} from "./generated/layout";

export class Registers {
  /** Bytes of the register set. */
  static get size(): u32 {
    return load<u32>(CONFIG, CONFIG_REGISTER_BYTES);
  }

  static get32(offset: i32): u32 {
    return load<u32>(<usize>(REGISTERS + offset));
  }
  static set32(offset: i32, value: u32): void {
    store<u32>(<usize>(REGISTERS + offset), value);
  }
  static get64(offset: i32): u64 {
    return load<u64>(<usize>(REGISTERS + offset));
  }
  static set64(offset: i32, value: u64): void {
    store<u64>(<usize>(REGISTERS + offset), value);
  }

  /** Bytes of the register at this offset; 0 where the offset is reserved. */
  static width(offset: u32): u32 {
    return load<u32>(<usize>(<u32>REGISTER_WIDTH + (offset & ~3)));
  }

  /** Stores what the access attributes let software change of one dword. */
  static writeByAttributes(offset: u32, value: u32): void {
    const at = <usize>(<u32>REGISTERS + offset);
    const writable = load<u32>(<usize>(<u32>REGISTER_RW + offset));
    const clearing = value & load<u32>(<usize>(<u32>REGISTER_RW1C + offset));
    store<u32>(at, ((load<u32>(at) & ~writable) | (value & writable)) & ~clearing);
  }

  /** §11.3: a warm reset keeps the sticky bits, a power-good reset none. */
  static reset(keepSticky: bool): void {
    for (let offset: u32 = 0; offset < Registers.size; offset += 4) {
      const at = <usize>(<u32>REGISTERS + offset);
      const sticky = keepSticky ? load<u32>(<usize>(<u32>REGISTER_STICKY + offset)) : 0;
      const fresh = load<u32>(<usize>(<u32>REGISTER_RESET + offset));
      store<u32>(at, (load<u32>(at) & sticky) | (fresh & ~sticky));
    }
  }
}
