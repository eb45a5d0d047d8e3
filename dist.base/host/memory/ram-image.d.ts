import type { GuestMemory } from "./guest-memory.js";
/** The pages of RAM that are not all zeros: for each its number, 32 bits, and its bytes. */
export declare function ramImage(memory: GuestMemory): Uint8Array<ArrayBuffer>;
/** Fills RAM with an image of a memory with the same regions. */
export declare function restoreRam(memory: GuestMemory, image: Uint8Array): void;
