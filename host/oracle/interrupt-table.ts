import type { MemoryPort } from "../memory/port.js";
import { bitIsSet, bitRange, maskOf } from "./bit-fields.js";
import type { UnitCapabilities } from "./capabilities.js";

/** IRTA_REG as the last Set Interrupt Remap Table Pointer command latched it (§11.4.10). */
export interface InterruptTable {
  /** Host physical address of the table. */
  readonly address: bigint;
  readonly entries: number;
  /** EIME: destinations have 32 bits. */
  readonly extended: boolean;
}

export function interruptTableOf(unit: UnitCapabilities, register: bigint): InterruptTable {
  return {
    address: register & maskOf(unit.HAW - 1, 12),
    entries: 2 ** (Number(bitRange(register, 3, 0)) + 1),
    extended: bitIsSet(register, 11),
  };
}

const ENTRY_BYTES = 16n;

/** Address of an entry of the interrupt remapping table. */
export function entryAddress(table: InterruptTable, index: number): bigint {
  return table.address + BigInt(index) * ENTRY_BYTES;
}

/** All 128 bits; undefined if either half cannot be read. */
export function fetchEntry(memory: MemoryPort, address: bigint): bigint | undefined {
  const low = memory.read64(address);
  const high = memory.read64(address + 8n);
  return low === undefined || high === undefined ? undefined : (high << 64n) | low;
}

/** Values of SVT (§9.9); 00b verifies nothing. */
const BY_SOURCE_ID = 1n;
const BY_BUS = 2n;

/** Bits of a source-id that SQ lets out of the comparison. */
const IGNORED_BY_SQ = [0n, 0b100n, 0b110n, 0b111n] as const;

/** Whether the requester may use the entry. A reserved SVT verifies nothing: it is a reserved field. */
export function sourceMatches(entry: bigint, sourceId: number): boolean {
  const requester = BigInt(sourceId);
  const expected = bitRange(entry, 79, 64);
  const type = bitRange(entry, 83, 82);
  if (type === BY_SOURCE_ID) {
    const ignored = IGNORED_BY_SQ[Number(bitRange(entry, 81, 80))] ?? 0n;
    return ((requester ^ expected) & ~ignored) === 0n;
  }
  if (type === BY_BUS) {
    const bus = requester >> 8n;
    return bus >= expected >> 8n && bus <= (expected & 0xffn);
  }
  return true;
}

export function isPosted(entry: bigint): boolean {
  return bitIsSet(entry, 15);
}

/** DLM has no meaning for these. */
const RESERVED_DELIVERY_MODES: readonly bigint[] = [0b011n, 0b110n];

/** True if a present entry is wrongly programmed, in the format that it has (§9.9, §9.10). */
export function isMisprogrammed(
  unit: UnitCapabilities,
  entry: bigint,
  table: InterruptTable,
): boolean {
  if (bitRange(entry, 83, 82) > BY_BUS) return true;
  if (isPosted(entry)) return !unit.PI || (entry & reservedWhenPosted(unit)) !== 0n;
  const reserved = maskOf(14, 12) | maskOf(31, 24) | maskOf(127, 84);
  const destination = table.extended ? 0n : maskOf(63, 48) | maskOf(39, 32);
  return (
    (entry & (reserved | destination)) !== 0n ||
    RESERVED_DELIVERY_MODES.includes(bitRange(entry, 7, 5))
  );
}

/** 127:96 are address bits 63:32, reserved from the host address width up. */
function reservedWhenPosted({ HAW }: UnitCapabilities): bigint {
  return maskOf(7, 2) | maskOf(13, 12) | maskOf(37, 24) | maskOf(95, 84) | maskOf(127, 64 + HAW);
}
