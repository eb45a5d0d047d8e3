/** Bits 31:0 of the factorial of n, for n from 0 to 2^32 - 1. */
export declare function factorial(n: number): number;
/** How long the device computes. */
export declare function factorialTicks(n: number): number;
