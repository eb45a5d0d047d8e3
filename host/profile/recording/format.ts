import type { CacheSizes } from "../../core/configuration.js";
import type { CounterName } from "../../core/layout.js";

/**
 * A recording: MAGIC; version, length of the header, and its CRC-32 (32 bits each); the header, JSON; then blocks.
 * A block: kind, length of its contents, length as compressed, CRC-32 of that (32 bits each); the contents, raw deflate.
 * The last block is of kind `end`. All numbers are little-endian.
 */
export const MAGIC = new TextEncoder().encode("viommu-r");
export const FORMAT_VERSION = 2;
export const PREFIX_BYTES = MAGIC.length + 12;
export const BLOCK_HEAD_BYTES = 16;
export const blockKind = { calls: 1, end: 2 } as const;

/** Contents of a block, from which on it is written. */
export const BLOCK_BYTES = 1 << 17;
/** No block of a recording is as large. */
export const LARGEST_BLOCK = 1 << 24;
export const LARGEST_HEADER = 1 << 20;

/** The recorded unit: what it takes to make one like it. */
export interface RecordedUnit {
  /** The preset that its options named; the fields are those below. */
  readonly preset: string;
  /** VER_REG. */
  readonly version: number;
  readonly hostAddressWidth: number;
  /** Every field of CAP_REG and ECAP_REG. */
  readonly capabilities: Readonly<Record<string, number>>;
  readonly caches: Required<CacheSizes>;
  readonly faultCollapse: boolean;
  /** Ticks, in decimal. */
  readonly invalidationTimeout: string;
  readonly trace: boolean;
  readonly reportWrites: boolean;
}

export interface RecordingHeader {
  readonly unit: RecordedUnit;
}

/** What the last block says of all before it. */
export interface RecordingEnd {
  readonly calls: number;
  /** Of all digests, in order. */
  readonly digest: number;
  /** Of the unit at the end, in decimal. */
  readonly counters: Readonly<Record<CounterName, string>>;
}

/** Goes on with a digest of digests. */
export function joinDigests(all: number, next: number): number {
  return Math.imul(all ^ next, 0x01000193) >>> 0;
}

/** The 16 bits of a digest that each call has in the file. */
export function shortDigest(digest: number): number {
  return ((digest >>> 16) ^ digest) & 0xffff;
}
