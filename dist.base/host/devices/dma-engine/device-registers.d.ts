import type { DmaEngine } from "./engine.js";
import type { RegisterBank } from "./register-bank.js";
/** Defines the registers of the device as a whole. */
export declare function defineDeviceRegisters(bank: RegisterBank, engine: DmaEngine, sizes: {
    readonly queues: number;
    readonly tlbEntries: number;
}): void;
