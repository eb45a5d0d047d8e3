/** Random numbers from a seed: mulberry32, which is enough to choose tasks with. */
export declare class Prng {
    #private;
    constructor(seed: number);
    /** 32 bits. */
    next(): number;
    /** 0 to `end` - 1. */
    below(end: number): number;
}
