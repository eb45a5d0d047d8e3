import type { MemoryPort } from "../memory/port.js";
import { GuestMemory } from "../memory/guest-memory.js";
import type { GuestMemoryExports } from "./exports.js";
import { wasmModule } from "./modules.js";

/** Guest RAM in the middle of somebody else's WebAssembly memory: an emulator's, for instance. */
export interface FlatWasmMemory {
  readonly wasmMemory: WebAssembly.Memory;
  /** Where guest physical 0 lies in it; a multiple of 8. */
  readonly base: number;
  /** Bytes of RAM. */
  readonly size: number;
}

/** What a unit can read guest memory from: our own, a flat part of a wasm memory, or any port. */
export type MemorySource = GuestMemory | FlatWasmMemory | MemoryPort;

/** What reads ahead of the unit (assembly/read-ahead.ts): both or none, where reads have no effect. */
type ReadAheadImports = Pick<GuestMemoryExports, "lastEntry" | "touch">;

/** What core-port.wasm imports. All ones with `failed()` 1 stands for a failed access. */
export type PortImports = Pick<
  GuestMemoryExports,
  "read64" | "write64" | "compareExchange64" | "failed"
> &
  Partial<ReadAheadImports>;

/** What a core imports that never reads ahead. */
export const noReadAhead: ReadAheadImports = { lastEntry: () => 0, touch: () => 0 };

const ALL_ONES = (1n << 64n) - 1n;
const u64 = (value: bigint) => BigInt.asUintN(64, value);

/** The port functions for a memory source: wasm over wasm where that is possible. */
export async function portImports(source: MemorySource): Promise<PortImports> {
  if (source instanceof GuestMemory) {
    const accessor = await accessorOver(source.wasmMemory);
    accessor.useMemoryMap(source.memoryMapAt);
    return accessor;
  }
  if ("wasmMemory" in source) {
    checkFlat(source);
    const accessor = await accessorOver(source.wasmMemory);
    accessor.useFlatMemory(source.base, source.size);
    return accessor;
  }
  return importsOf(source);
}

async function accessorOver(memory: WebAssembly.Memory): Promise<GuestMemoryExports> {
  const instance = await WebAssembly.instantiate(await wasmModule("guest-memory"), {
    env: { memory },
  });
  return instance.exports as unknown as GuestMemoryExports;
}

function checkFlat({ wasmMemory, base, size }: FlatWasmMemory): void {
  const limit = wasmMemory.buffer.byteLength;
  if (!Number.isInteger(base) || base <= 0 || base % 8 !== 0) {
    throw new RangeError(`memory.base is ${base}: expected a positive multiple of 8`);
  }
  if (!Number.isInteger(size) || size < 8 || base + size > limit) {
    throw new RangeError(
      `memory.size is ${size}: expected 8 to ${limit - base} bytes behind base ${base}`,
    );
  }
}

/** A port written in JavaScript: correct, and slower by a call and a BigInt for each word. */
export function importsOf(port: MemoryPort): PortImports {
  let failed = 0;
  const answer = (value: bigint | undefined) => {
    failed = value === undefined ? 1 : 0;
    return value ?? ALL_ONES;
  };
  return {
    read64: (address) => answer(port.read64(u64(address))),
    write64: (address, value) => (port.write64(u64(address), u64(value)) ? 1 : 0),
    compareExchange64: (address, expected, replacement) =>
      answer(port.compareExchange64(u64(address), u64(expected), u64(replacement))),
    failed: () => failed,
  };
}
