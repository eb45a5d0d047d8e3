/** Routes memory accesses of the processor to fixed windows, then to base address registers. */
export class MmioSpace {
    #topology;
    #windows = [];
    constructor(topology) {
        this.#topology = topology;
    }
    addWindow(window) {
        const end = (other) => other.base + BigInt(other.size);
        const clash = this.#windows.find((o) => window.base < end(o) && end(window) > o.base);
        if (clash) {
            throw new RangeError(`the window at 0x${window.base.toString(16)} overlaps the one at 0x${clash.base.toString(16)}`);
        }
        this.#windows.push(window);
    }
    /** All ones if nothing answers. */
    read(address, size) {
        const window = this.#windowAt(address, size);
        if (window)
            return window.read(Number(address - window.base), size);
        const target = this.#barAt(address);
        if (!target)
            return (1n << BigInt(8 * size)) - 1n;
        return target.owner.endpoint.readBar(target.bar, target.offset, size);
    }
    write(address, size, value) {
        const window = this.#windowAt(address, size);
        if (window) {
            window.write(Number(address - window.base), size, value);
            return;
        }
        const target = this.#barAt(address);
        target?.owner.endpoint.writeBar(target.bar, target.offset, size, value);
    }
    #windowAt(address, size) {
        return this.#windows.find((window) => address >= window.base && address + BigInt(size) <= window.base + BigInt(window.size));
    }
    #barAt(address) {
        for (const owner of this.#topology.endpoints()) {
            if (!isDecoded(owner, address))
                continue;
            for (const bar of owner.bars) {
                const offset = bar.offsetOf(address);
                if (offset !== undefined)
                    return { owner, bar: bar.index, offset };
            }
        }
        return undefined;
    }
}
/** Memory Space Enable here, and a window that covers the address in every bridge above. */
function isDecoded(owner, address) {
    if (!owner.memoryEnabled)
        return false;
    for (let above = owner.parent; above; above = above.parent) {
        if (!above.forwards(address))
            return false;
    }
    return true;
}
