/** An access to the registers that the manual leaves undefined (§11.2). */
export declare class RegisterAccessError extends Error {
    readonly name = "RegisterAccessError";
}
/** What the core answers to a register access, in words; undefined when nothing is wrong. */
export declare function shapeProblem(code: number, offset: number, size: number, registerBytes: number): string | undefined;
/** The offset as the core takes it, in 32 bits: what is none becomes one outside the page. */
export declare function registerOffset(offset: number): number;
/** The size as the core takes it: what is none becomes a wrong one. */
export declare function registerSize(size: number): number;
/** @throws RangeError if a value does not fit a register of that width. */
export declare function checkWidth(name: string, value: number | bigint, bits: 32 | 64): void;
