/** A hash of two lanes of 32 bits. Sums of hashes do not depend on the order of what is summed. */
export interface Hash {
  readonly low: number;
  readonly high: number;
}

export const NO_HASH: Hash = { low: 0, high: 0 };

export function addHashes(a: Hash, b: Hash): Hash {
  return { low: (a.low + b.low) | 0, high: (a.high + b.high) | 0 };
}

export function subtractHashes(a: Hash, b: Hash): Hash {
  return { low: (a.low - b.low) | 0, high: (a.high - b.high) | 0 };
}

/** Another hash, in whose making `salt` has a part. */
export function mixHash({ low, high }: Hash, salt: number): Hash {
  const a = Math.imul(low ^ Math.imul(salt, 0x9e3779b1), 0x85ebca6b);
  const b = Math.imul(high ^ (a >>> 13) ^ salt, 0xc2b2ae35);
  return { low: a ^ (b >>> 15), high: b ^ Math.imul(a ^ (a >>> 16), 0x27d4eb2f) };
}

/** 52 bits of a hash, as a number that a set can hold. */
export function numberOf({ low, high }: Hash): number {
  return (high >>> 6) * 2 ** 26 + (low >>> 6);
}
