import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { constantsHeader } from "./constants-header.js";

/** Bytes of memory that the yardstick has: more than the unit of any case. */
export const YARDSTICK_MEMORY = 160 * 2 ** 20;

/** How the native yardstick is compiled. */
export const compilerFlags = ["-std=gnu11", "-O3", "-march=native"] as const;

/** The C compiler that is there: its first line of `--version`; undefined without one. */
export function findCompiler(compiler: string): string | undefined {
  const { status, stdout } = spawnSync(compiler, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}

/**
 * Compiles the yardstick from `sources` into `folder`; answers the program.
 * @throws Error with what the compiler said.
 */
export function compileYardstick(compiler: string, sources: string, folder: string): string {
  const program = join(folder, "yardstick");
  writeFileSync(join(folder, "constants.h"), constantsHeader());
  const { status, stderr, error } = spawnSync(
    compiler,
    [
      ...compilerFlags,
      `-DMEMORY_BYTES=${YARDSTICK_MEMORY}`,
      `-I${folder}`,
      "-o",
      program,
      join(sources, "main.c"),
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) {
    throw new Error(`${compiler} cannot compile the yardstick: ${error?.message ?? stderr}`);
  }
  return program;
}
