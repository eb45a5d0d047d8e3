/** FNV-1a, 32 bits: tells damage from a snapshot, and is no protection from intent. */
export declare function checksum(bytes: Uint8Array): number;
