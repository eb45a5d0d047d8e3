import type { ConfigSpace } from "./config-space.js";
/** A 32-bit, non-prefetchable memory window of a function. */
export interface BarShape {
    /** 0 to 5. */
    readonly index: number;
    /** Bytes, a power of two from 16 to 2 GiB. */
    readonly size: number;
}
/** Where a base address register lies, for hosts that place or nail it themselves. */
export interface BarPlacement {
    /** A multiple of the size. */
    readonly address: number;
    /**
     * The register takes the size probe but no other address, and a function reset does not clear
     * it: for emulators whose windows cannot move. Default false.
     */
    readonly fixed?: boolean;
}
/** A base address register: sizing, relocation and address decoding. */
export declare class Bar {
    #private;
    readonly index: number;
    readonly size: number;
    constructor(config: ConfigSpace, shape: BarShape);
    /** Puts the window at an address, as firmware does, or nails it there. */
    place(placement: BarPlacement): void;
    /** Address of the first byte, or undefined while the register was never given one. */
    get address(): number | undefined;
    /** Offset of an address in the window, or undefined outside. */
    offsetOf(address: bigint): number | undefined;
}
