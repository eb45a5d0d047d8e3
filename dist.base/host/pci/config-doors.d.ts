import { type ConfigSize } from "./config-space.js";
import type { MmioWindow } from "./mmio.js";
import type { Topology } from "./topology.js";
/**
 * The ways from software to configuration space: by function number, by the ports CF8h and CFCh
 * (the first 256 bytes), and by the enhanced mechanism (ECAM, all 4 KiB). All lead to the same
 * bytes. Functions that do not exist read all ones.
 */
export declare class ConfigDoors {
    #private;
    constructor(topology: Topology);
    /** `bdf` is bus 15:8, device 7:3, function 2:0; `offset` 0 to 4095. */
    read(bdf: number, offset: number, size: ConfigSize): number;
    write(bdf: number, offset: number, size: ConfigSize, value: number): void;
    read8(bdf: number, offset: number): number;
    read16(bdf: number, offset: number): number;
    read32(bdf: number, offset: number): number;
    write8(bdf: number, offset: number, value: number): void;
    write16(bdf: number, offset: number, value: number): void;
    write32(bdf: number, offset: number, value: number): void;
    /** What was selected through CF8h. */
    get selected(): number;
    /** Selects without the port, in a machine that is being restored. */
    select(address: number): void;
    /** A port read at CF8h to CFFh. */
    portRead(port: number, size: ConfigSize): number;
    /** A port write at CF8h to CFFh. Only a 32-bit write to CF8h selects. */
    portWrite(port: number, size: ConfigSize, value: number): void;
    /** `offset` in the ECAM region: bus 27:20, device 19:15, function 14:12, register 11:0. */
    ecamRead(offset: number, size: ConfigSize): number;
    ecamWrite(offset: number, size: ConfigSize, value: number): void;
    /** The ECAM region of buses 0 to `lastBus` as a window at `base`. */
    ecamWindow(base: bigint, lastBus?: number): MmioWindow;
}
