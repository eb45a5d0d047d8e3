/** FNV-1a, 32 bits: tells damage from a snapshot, and is no protection from intent. */
export function checksum(bytes) {
    let hash = 0x811c_9dc5;
    for (const byte of bytes)
        hash = Math.imul(hash ^ byte, 0x0100_0193);
    return hash >>> 0;
}
