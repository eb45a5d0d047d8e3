import { UsageError } from "./exit-code.js";

/**
 * An unsigned 64-bit number of the command line: decimal, or hexadecimal, octal, binary with 0x,
 * 0o, 0b; underscores may group digits.
 * @throws {UsageError} naming `what` and the text.
 */
export function parseUnsigned(what: string, text: string, bits = 64): bigint {
  const digits = text.replaceAll("_", "");
  const isNumber = /^(0x[0-9a-f]+|0o[0-7]+|0b[01]+|[0-9]+)$/i.test(digits);
  const value = isNumber ? BigInt(digits) : -1n;
  if (value < 0n || value >> BigInt(bits) !== 0n) {
    throw new UsageError(`${what} "${text}" is no number of ${bits} bits, such as 4096 or 0x1000`);
  }
  return value;
}

/**
 * A number of the command line within a range.
 * @throws {UsageError} naming `what`, the text and the range.
 */
export function parseNumberIn(what: string, text: string, least: number, most: number): number {
  const value = /^[0-9.]+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new UsageError(`${what} "${text}" is no number from ${least} to ${most}`);
  }
  return value;
}

/** A whole number with its thousands apart: 1,234,567. */
export function countText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 0x1000. */
export function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}
