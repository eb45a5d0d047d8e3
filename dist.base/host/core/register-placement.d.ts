import type { Register, RegisterField } from "../spec/fields.js";
/** One register of a unit, or one of a row of equal registers, at its place. */
export interface PlacedRegister {
    /** The mnemonic, with the place in the row where there is one: "FRCD3". */
    readonly name: string;
    readonly register: Register;
    /** Byte offset from the base of the register set. */
    readonly offset: number;
    readonly bytes: number;
}
type CapabilityValues = Readonly<Record<string, number>>;
/**
 * Bytes of the register set, a power of two: one page, and with performance monitoring three more
 * for the counters and their configuration.
 */
export declare function registerBytes(values: CapabilityValues): number;
/** Whether a unit with these capabilities has a register or a field at all. */
export declare function exists(part: Register | RegisterField, values: CapabilityValues): boolean;
/** Every register that a unit with these capabilities has, in the order of host/spec. */
export declare function placeRegisters(values: CapabilityValues): PlacedRegister[];
export declare function leavesRegisterSet(placed: PlacedRegister, bytes: number): boolean;
/** Neighbours in the register set that share a byte; wherever registers overlap, some neighbours do. */
export declare function collisions(placed: readonly PlacedRegister[]): (readonly [PlacedRegister, PlacedRegister])[];
export {};
