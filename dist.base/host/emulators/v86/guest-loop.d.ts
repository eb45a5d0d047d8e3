import type { V86Cpu } from "./internals.js";
/** How a guest came to its end. */
export type Ending = 
/** It wrote to the debug-exit port; 0 means that all went well. */
{
    readonly kind: "exit";
    readonly code: number;
}
/** It cannot go on: halted with interrupts turned off. */
 | {
    readonly kind: "hang";
    readonly reason: string;
}
/** v86 gave up (no handler for an exception), or the guest reset a machine that has no BIOS. */
 | {
    readonly kind: "crash";
    readonly reason: string;
};
export interface LoopHooks {
    /**
     * v86 lets its devices run: the CPU has halted, or executed another block of about 100,000
     * instructions. No guest code runs, and v86 looks at interrupts right afterwards.
     * Answers true if there is more to do, so that v86 does not sleep although the CPU is halted.
     */
    pause(halted: boolean): boolean;
    /** The guest reset the machine, and its BIOS starts again. */
    reset(): void;
    /** Called once, when the guest has come to an end and its loop has been told to stop. */
    ended(): void;
}
/**
 * v86's main loop, with a place for devices to run between blocks of guest code, and with every way
 * in which a guest can end turned into an `Ending`.
 */
export declare class GuestLoop {
    #private;
    /** Rejected if a device of the host threw: a defect of the host and not of the guest. */
    readonly ending: Promise<Ending>;
    constructor(cpu: V86Cpu, hooks: LoopHooks);
    /** True while v86 is inside guest code, or about to look at interrupts itself. */
    get guestRuns(): boolean;
    /** True once `ending` is settled, or about to be. */
    get isOver(): boolean;
    /** Ends the guest when it writes to an I/O port, as QEMU's isa-debug-exit does. */
    listenForExit(cpu: V86Cpu, port: number): void;
    /** Runs host code that the guest called, so that what it throws is not taken for a guest's crash. */
    guard<T>(work: () => T): T;
}
