const ZEROS = new Uint8Array(4096);
/**
 * v86's CPU as a device sees it, with its accesses to guest memory sent through a remapping unit;
 * interrupts, ports and everything else stay those of the CPU itself.
 */
export function cpuForDevice(cpu, dma, watch = {}) {
    const load = (address, length) => {
        const read = dma.read(address, length);
        if (read.failed)
            watch.failed?.();
        return read;
    };
    const store = (address, bytes) => {
        if (!dma.write(address, bytes))
            watch.failed?.();
    };
    const readWord = (address, size) => {
        const { bytes, failed } = load(address, size);
        watch.word?.(size, failed);
        return new DataView(bytes.buffer);
    };
    const writeWord = (address, size, value) => {
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setInt32(0, value, true);
        store(address, bytes.subarray(0, size));
    };
    const moves = () => watch.moves?.() ?? true;
    const readMany = (address, length) => moves() ? load(address, Math.max(0, length)).bytes : new Uint8Array();
    const through = {
        mem8: {
            subarray: (start = 0, end = start) => readMany(start, end - start),
        },
        read8: (address) => readWord(address, 1).getUint8(0),
        read16: (address) => readWord(address, 2).getUint16(0, true),
        read32s: (address) => readWord(address, 4).getInt32(0, true),
        write8: (address, value) => {
            writeWord(address, 1, value);
        },
        write16: (address, value) => {
            writeWord(address, 2, value);
        },
        write32: (address, value) => {
            writeWord(address, 4, value);
        },
        read_blob: readMany,
        write_blob: (bytes, address) => {
            if (moves())
                store(address, bytes);
        },
        zero_memory: (address, length) => {
            for (let done = 0; done < length >>> 0; done += ZEROS.length) {
                store(address + done, ZEROS.subarray(0, (length >>> 0) - done));
            }
        },
    };
    return Object.assign(Object.create(cpu), through);
}
