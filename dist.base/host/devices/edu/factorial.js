import { MOST_FACTORIAL_TICKS } from "./registers.js";
/** 34! has 32 factors of two, so that the low 32 bits of every factorial from there on are 0. */
const FIRST_ZERO = MOST_FACTORIAL_TICKS;
/** Bits 31:0 of the factorial of n, for n from 0 to 2^32 - 1. */
export function factorial(n) {
    if (n >= FIRST_ZERO)
        return 0;
    let product = 1;
    for (let factor = 2; factor <= n; factor++)
        product = Math.imul(product, factor);
    return product >>> 0;
}
/** How long the device computes. */
export function factorialTicks(n) {
    return Math.min(Math.max(n, 1), MOST_FACTORIAL_TICKS);
}
