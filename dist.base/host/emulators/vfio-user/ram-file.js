import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
/**
 * Guest RAM in the file that QEMU's memory-backend-file shares: reads and writes at positions of the file.
 * Compare-and-exchange is a read and a write: Node cannot map memory, so that a processor of the guest
 * that writes the same word in between is overwritten.
 */
export class RamFile {
    #fd;
    #size;
    #lent;
    #word = new DataView(new ArrayBuffer(8));
    #wordBytes = new Uint8Array(this.#word.buffer);
    /** The range that answered last: accesses come in runs. */
    #last;
    /** @throws Error of node:fs if the file cannot be opened for reading and writing. */
    constructor(path, lent) {
        this.#fd = openSync(path, "r+");
        this.#size = BigInt(fstatSync(this.#fd).size);
        this.#lent = lent;
    }
    close() {
        closeSync(this.#fd);
    }
    read64(address) {
        const at = this.#position(address, 8n);
        if (at === undefined || readSync(this.#fd, this.#wordBytes, 0, 8, at) !== 8)
            return undefined;
        return this.#word.getBigUint64(0, true);
    }
    write64(address, value) {
        const at = this.#position(address, 8n);
        if (at === undefined)
            return false;
        this.#word.setBigUint64(0, value, true);
        return writeSync(this.#fd, this.#wordBytes, 0, 8, at) === 8;
    }
    compareExchange64(address, expected, replacement) {
        const found = this.read64(address);
        if (found !== expected)
            return found;
        return this.write64(address, replacement) ? expected : undefined;
    }
    tryReadBytes(address, length) {
        const bytes = new Uint8Array(length);
        if (length === 0)
            return bytes;
        const at = this.#position(address, BigInt(length));
        if (at === undefined)
            return undefined;
        return readSync(this.#fd, bytes, 0, length, at) === length ? bytes : undefined;
    }
    tryWriteBytes(address, bytes) {
        if (bytes.length === 0)
            return true;
        const at = this.#position(address, BigInt(bytes.length));
        return at !== undefined && writeSync(this.#fd, bytes, 0, bytes.length, at) === bytes.length;
    }
    /** Where a range lies in the file; undefined if it is not RAM as a whole. */
    #position(address, length) {
        const region = this.#regionOf(address, length);
        if (region === undefined)
            return undefined;
        const at = region.fileOffset + (address - region.start);
        return at + length <= this.#size ? Number(at) : undefined;
    }
    #regionOf(address, length) {
        const holds = (region) => address >= region.start && address + length <= region.end && isRam(region);
        if (this.#last?.lent === true && holds(this.#last))
            return this.#last;
        for (const { all } of this.#lent()) {
            const found = all.find(holds);
            if (found !== undefined)
                return (this.#last = found);
        }
        return undefined;
    }
}
/** In every PC memory goes on here, behind the holes of the first MiB. */
const EXTENDED_MEMORY = 0x100000n;
/** Whether a range is the guest's main memory, and no file is behind it. */
export function isPrivateMemory({ writable, start, fileOffset }) {
    return writable && start === EXTENDED_MEMORY && fileOffset === 0n;
}
/**
 * Whether a range lies in the RAM file. The client passes file descriptors that Node does not see: what has
 * none of its own, ROM and the like, is read-only, or says offset 0 far from address 0.
 */
function isRam({ writable, start, fileOffset }) {
    return writable && (fileOffset !== 0n || start === 0n);
}
