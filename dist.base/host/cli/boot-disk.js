import { readFileSync } from "node:fs";
import { UsageError } from "./exit-code.js";
/** v86 has disks of whole sectors. */
const SECTOR = 512;
/** The offsets of the pattern are 32 bits wide, and the disk lies in memory. */
const LARGEST_PATTERN = 2 ** 30;
const PATTERN = /^pattern:([0-9]+)([KMG]?)$/;
const UNITS = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
/**
 * The disk that `--disk` asks for: the bytes of a file, or, for "pattern:SIZE", SIZE bytes in which
 * each 32-bit little-endian word is its own offset. What the guest writes does not
 * reach the file.
 * @throws {UsageError} if the file cannot be read, or the size is not one of whole sectors.
 */
export function readDisk(text) {
    return text.startsWith("pattern:") ? patternDisk(text) : fileDisk(text);
}
function patternDisk(text) {
    const [, digits, unit = ""] = PATTERN.exec(text) ?? [];
    const size = Number(digits) * (UNITS[unit] ?? 1);
    if (!(size >= SECTOR && size <= LARGEST_PATTERN && size % SECTOR === 0)) {
        throw new UsageError(`--disk "${text}": expected pattern:SIZE with a multiple of 512 bytes up to 1 GiB, such as pattern:1M`);
    }
    const words = new Uint32Array(size / 4);
    const view = new DataView(words.buffer);
    for (let offset = 0; offset < size; offset += 4)
        view.setUint32(offset, offset, true);
    return words.buffer;
}
function fileDisk(path) {
    let bytes;
    try {
        bytes = new Uint8Array(readFileSync(path));
    }
    catch (error) {
        throw new UsageError(`cannot read the disk: ${error.message}`);
    }
    if (bytes.length === 0 || bytes.length % SECTOR !== 0) {
        throw new UsageError(`the disk ${path} has ${bytes.length} bytes: expected a multiple of ${SECTOR}`);
    }
    return bytes.buffer;
}
