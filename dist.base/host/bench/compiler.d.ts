/** Bytes of memory that the yardstick has: more than the unit of any case. */
export declare const YARDSTICK_MEMORY: number;
/** How the native yardstick is compiled. */
export declare const compilerFlags: readonly ["-std=gnu11", "-O3", "-march=native"];
/** The C compiler that is there: its first line of `--version`; undefined without one. */
export declare function findCompiler(compiler: string): string | undefined;
/**
 * Compiles the yardstick from `sources` into `folder`; answers the program.
 * @throws Error with what the compiler said.
 */
export declare function compileYardstick(compiler: string, sources: string, folder: string): string;
