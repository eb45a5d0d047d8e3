/** v86 keeps one handler for each 128 KiB. */
const BLOCK_SHIFT = 17;
const BLOCK_SIZE = 1 << BLOCK_SHIFT;
/**
 * Registers windows with v86. Blocks that a window covers in part keep their previous handler for
 * the rest of the block. v86 hands a 16-bit access over as two of 8 bits, and a 64-bit access as two
 * of 32 bits, low half first.
 * @throws {RangeError} if windows overlap each other or guest RAM.
 */
export function registerWindows(cpu, windows) {
    const byBlock = new Map();
    for (const window of windows) {
        checkWindow(cpu, window, windows);
        const last = (window.base + window.size - 1) >>> BLOCK_SHIFT;
        for (let block = window.base >>> BLOCK_SHIFT; block <= last; block++) {
            byBlock.set(block, [...(byBlock.get(block) ?? []), window]);
        }
    }
    for (const [block, inBlock] of byBlock)
        registerBlock(cpu, block, inBlock);
}
function checkWindow(cpu, window, all) {
    const end = window.base + window.size;
    const range = `0x${window.base.toString(16)} to 0x${(end - 1).toString(16)}`;
    const ram = cpu.memory_size[0] ?? 0;
    if (window.base < ram || end > 2 ** 32) {
        throw new RangeError(`MMIO window ${range} does not fit between the end of guest RAM (0x${ram.toString(16)}) and 4 GiB`);
    }
    const other = all.find((w) => w !== window && w.base < end && window.base < w.base + w.size);
    if (other !== undefined) {
        throw new RangeError(`MMIO window ${range} overlaps the one at 0x${other.base.toString(16)}`);
    }
}
function registerBlock(cpu, block, windows) {
    const read8 = cpu.memory_map_read8[block];
    const write8 = cpu.memory_map_write8[block];
    const read32 = cpu.memory_map_read32[block];
    const write32 = cpu.memory_map_write32[block];
    const find = (address, size) => windows.find((w) => address >= w.base && address + size <= w.base + w.size);
    cpu.io.mmap_register(block * BLOCK_SIZE, BLOCK_SIZE, (signed) => {
        const window = find(signed >>> 0, 1);
        if (window === undefined)
            return read8?.(signed) ?? 0xff;
        return window.read((signed >>> 0) - window.base, 1) & 0xff;
    }, (signed, value) => {
        const window = find(signed >>> 0, 1);
        if (window === undefined)
            write8?.(signed, value);
        else
            window.write((signed >>> 0) - window.base, 1, value & 0xff);
    }, (signed) => {
        const window = find(signed >>> 0, 4);
        if (window === undefined)
            return read32?.(signed) ?? -1;
        return window.read((signed >>> 0) - window.base, 4) | 0;
    }, (signed, value) => {
        const window = find(signed >>> 0, 4);
        if (window === undefined)
            write32?.(signed, value);
        else
            window.write((signed >>> 0) - window.base, 4, value >>> 0);
    });
}
