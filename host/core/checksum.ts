const PRIME = 0x0100_0193;

/**
 * FNV-1a, 32 bits, over little-endian words and the bytes behind the last: tells damage from a
 * snapshot, and is no protection from intent.
 */
export function checksum(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = bytes.length & ~3;
  let hash = 0x811c_9dc5;
  for (let at = 0; at < words; at += 4) hash = Math.imul(hash ^ view.getUint32(at, true), PRIME);
  for (let at = words; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at]!, PRIME);
  return hash >>> 0;
}
