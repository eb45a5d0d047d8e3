import { allOnes } from "./config-space.js";
const CONFIG_ADDRESS = 0xcf8;
const CONFIG_DATA = 0xcfc;
const ENABLE = 0x8000_0000;
const CONVENTIONAL_BYTES = 256;
/**
 * The ways from software to configuration space: by function number, by the ports CF8h and CFCh
 * (the first 256 bytes), and by the enhanced mechanism (ECAM, all 4 KiB). All lead to the same
 * bytes. Functions that do not exist read all ones.
 */
export class ConfigDoors {
    #topology;
    #address = 0;
    constructor(topology) {
        this.#topology = topology;
    }
    /** `bdf` is bus 15:8, device 7:3, function 2:0; `offset` 0 to 4095. */
    read(bdf, offset, size) {
        return this.#target(bdf, offset)?.config.read(offset, size) ?? allOnes(size);
    }
    write(bdf, offset, size, value) {
        this.#target(bdf, offset)?.config.write(offset, size, value);
    }
    read8(bdf, offset) {
        return this.read(bdf, offset, 1);
    }
    read16(bdf, offset) {
        return this.read(bdf, offset, 2);
    }
    read32(bdf, offset) {
        return this.read(bdf, offset, 4);
    }
    write8(bdf, offset, value) {
        this.write(bdf, offset, 1, value);
    }
    write16(bdf, offset, value) {
        this.write(bdf, offset, 2, value);
    }
    write32(bdf, offset, value) {
        this.write(bdf, offset, 4, value);
    }
    /** What was selected through CF8h. */
    get selected() {
        return this.#address;
    }
    /** Selects without the port, in a machine that is being restored. */
    select(address) {
        this.#address = address;
    }
    /** A port read at CF8h to CFFh. */
    portRead(port, size) {
        if (port === CONFIG_ADDRESS && size === 4)
            return this.#address;
        const target = this.#portTarget(port);
        return target ? this.read(target.bdf, target.offset, size) : allOnes(size);
    }
    /** A port write at CF8h to CFFh. Only a 32-bit write to CF8h selects. */
    portWrite(port, size, value) {
        if (port === CONFIG_ADDRESS && size === 4)
            this.#address = (value & 0x80ff_fffc) >>> 0;
        const target = this.#portTarget(port);
        if (target)
            this.write(target.bdf, target.offset, size, value);
    }
    /** `offset` in the ECAM region: bus 27:20, device 19:15, function 14:12, register 11:0. */
    ecamRead(offset, size) {
        return this.read(offset >>> 12, offset & 0xfff, size);
    }
    ecamWrite(offset, size, value) {
        this.write(offset >>> 12, offset & 0xfff, size, value);
    }
    /** The ECAM region of buses 0 to `lastBus` as a window at `base`. */
    ecamWindow(base, lastBus = 255) {
        if (!(lastBus >= 0 && lastBus <= 255))
            throw new RangeError(`no bus ${lastBus}`);
        return {
            base,
            size: (lastBus + 1) * 2 ** 20,
            read: (offset, size) => isConfigSize(size) ? BigInt(this.ecamRead(offset, size)) : (1n << 64n) - 1n,
            write: (offset, size, value) => {
                if (isConfigSize(size))
                    this.ecamWrite(offset, size, Number(value));
            },
        };
    }
    /** Extended configuration space does not pass a conventional bus. */
    #target(bdf, offset) {
        const found = this.#topology.route(bdf);
        return found?.conventional && offset >= CONVENTIONAL_BYTES ? undefined : found;
    }
    #portTarget(port) {
        if (port < CONFIG_DATA || port > CONFIG_DATA + 3 || this.#address < ENABLE)
            return undefined;
        return {
            bdf: (this.#address >>> 8) & 0xffff,
            offset: (this.#address & 0xfc) + (port - CONFIG_DATA),
        };
    }
}
function isConfigSize(size) {
    return size === 1 || size === 2 || size === 4;
}
