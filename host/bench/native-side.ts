import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { counterNames, type CounterName } from "../core/layout.js";
import type { BatchCase } from "./cases.js";
import { YARDSTICK_MEMORY } from "./compiler.js";
import type { Passes, Side } from "./side.js";

type Yardstick = ChildProcessByStdio<Writable, Readable, null>;

/** Runs the stream of a case through the native yardstick, in a process of its own. */
export class NativeSide implements Side {
  readonly #process: Yardstick;
  readonly #lines: AsyncIterator<string>;

  readonly #command: string;

  private constructor(process: Yardstick, command: string) {
    this.#process = process;
    this.#command = command;
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Starts the yardstick `program`.
   * @param folder where files for it may be written
   * @param memory the unit's memory, with registers and tables in place
   */
  static async start(
    program: string,
    folder: string,
    memory: Uint8Array,
    batches: readonly Uint8Array[],
    { readAhead = true, pageRequests }: Pick<BatchCase, "readAhead" | "pageRequests"> = {},
  ): Promise<NativeSide> {
    if (memory.length > YARDSTICK_MEMORY) {
      throw new RangeError(
        `the unit has ${memory.length} bytes, the yardstick room for ${YARDSTICK_MEMORY}`,
      );
    }
    const memoryFile = join(folder, "memory");
    const batchesFile = join(folder, "batches");
    writeFileSync(memoryFile, memory);
    writeFileSync(batchesFile, Buffer.concat(batches));
    const words = [memoryFile, batchesFile, ...(readAhead ? ["read-ahead"] : [])];
    const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
    await once(child, "spawn");
    // A yardstick that ends early is told from its missing answer.
    child.stdin.on("error", () => undefined);
    return new NativeSide(child, pageRequests === undefined ? "run" : "request");
  }

  async run(passes: number): Promise<Passes> {
    const [nanoseconds, checksum, failures] = await this.#ask(`${this.#command} ${passes}`);
    return {
      nanoseconds: Number(nanoseconds),
      checksum: Number(checksum),
      failures: Number(failures),
    };
  }

  async counters(): Promise<Readonly<Record<CounterName, bigint>>> {
    const values = await this.#ask("counters");
    return Object.fromEntries(
      counterNames.map((name, index) => [name, BigInt(values[index]!)]),
    ) as Record<CounterName, bigint>;
  }

  close(): void {
    this.#process.stdin.end();
  }

  async #ask(command: string): Promise<string[]> {
    this.#process.stdin.write(`${command}\n`);
    const line = await this.#lines.next();
    if (line.done === true) {
      const { exitCode, signalCode } = this.#process;
      throw new Error(`the native yardstick ended (${exitCode ?? signalCode}) at "${command}"`);
    }
    return line.value.split(" ");
  }
}
