/**
 * The disk that `--disk` asks for: the bytes of a file, or, for "pattern:SIZE", SIZE bytes in which
 * each 32-bit little-endian word is its own offset. What the guest writes does not
 * reach the file.
 * @throws {UsageError} if the file cannot be read, or the size is not one of whole sectors.
 */
export declare function readDisk(text: string): ArrayBuffer;
