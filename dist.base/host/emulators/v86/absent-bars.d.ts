import type { V86Pci } from "./internals.js";
/**
 * Does something while every base address register of v86's functions has a description. v86's
 * `restore_state` fails without it when its IDE controller has no first channel (no hard disk): the
 * registers of that channel read as I/O space, and v86 looks for what they are.
 */
export declare function withAbsentBars<T>(pci: V86Pci, work: () => T): T;
