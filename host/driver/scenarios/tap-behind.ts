import { importsOf, type PortImports } from "../../core/guest-memory-port.js";
import type { UnitTap } from "../../core/tap.js";
import type { MemoryPort } from "../../memory/port.js";

const ALL_ONES = (1n << 64n) - 1n;

/** A tap of a unit that sees its memory through `see`. What the tap itself reads does not go through it. */
export function tapBehind(tap: UnitTap, see: (memory: MemoryPort) => MemoryPort): UnitTap {
  return {
    attached: (options) => {
      tap.attached(options);
    },
    memory: (port) => importsOf(see(portOf(tap.memory(port)))),
    calls: (exports) => tap.calls(exports),
    restoring: () => {
      tap.restoring();
    },
  };
}

function portOf(imports: PortImports): MemoryPort {
  const answer = (word: bigint) => {
    const value = BigInt.asUintN(64, word);
    return value === ALL_ONES && imports.failed() !== 0 ? undefined : value;
  };
  return {
    read64: (address) => answer(imports.read64(address)),
    write64: (address, value) => imports.write64(address, value) !== 0,
    compareExchange64: (address, expected, replacement) =>
      answer(imports.compareExchange64(address, expected, replacement)),
  };
}
