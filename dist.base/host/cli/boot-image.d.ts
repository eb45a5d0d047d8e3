/**
 * Reads a test image: a 32-bit x86 ELF executable with a multiboot header.
 * @throws {UsageError} saying what was found instead.
 */
export declare function readImage(path: string): ArrayBuffer;
