import { errno } from "./protocol/errno.js";
import { dmaFlag, RequestError } from "./protocol/requests.js";
/** Most ranges that one client may have lent at a time, as VERSION tells it. */
export const MOST_DMA_REGIONS = 65535;
const ADDRESS_LIMIT = 1n << 64n;
/** The ranges that one client has lent, by address; they do not overlap. */
export class DmaRegions {
    #regions = [];
    get all() {
        return this.#regions;
    }
    /** @throws RequestError for an empty range, one beyond 64 bits, or one that overlaps another. */
    map({ address, size, offset, flags }) {
        const end = address + size;
        if (size === 0n || end > ADDRESS_LIMIT) {
            throw new RequestError(errno.EINVAL, `dmaMap of ${size} bytes at ${hex(address)}`);
        }
        if (this.#regions.length >= MOST_DMA_REGIONS) {
            throw new RequestError(errno.EINVAL, `dmaMap: ${MOST_DMA_REGIONS} ranges are mapped already`);
        }
        if (this.#regions.some((region) => region.start < end && address < region.end)) {
            throw new RequestError(errno.EINVAL, `dmaMap of ${hex(address)} overlaps what is mapped`);
        }
        const writable = (flags & dmaFlag.write) !== 0;
        const added = { start: address, end, fileOffset: offset, writable, lent: true };
        const behind = this.#regions.findIndex(({ start }) => start > address);
        this.#regions.splice(behind < 0 ? this.#regions.length : behind, 0, added);
        return added;
    }
    /** @throws RequestError unless the range is exactly one that was mapped. */
    unmap({ address, size }) {
        const index = this.#regions.findIndex(({ start, end }) => start === address && end === address + size);
        const found = this.#regions[index];
        if (found === undefined) {
            throw new RequestError(errno.EINVAL, `dmaUnmap of ${hex(address)}: no such range is mapped`);
        }
        this.#regions.splice(index, 1);
        found.lent = false;
        return found;
    }
    clear() {
        for (const region of this.#regions)
            region.lent = false;
        this.#regions = [];
    }
}
function hex(value) {
    return `0x${value.toString(16)}`;
}
