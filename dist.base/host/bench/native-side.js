import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { counterNames } from "../core/layout.js";
import { YARDSTICK_MEMORY } from "./compiler.js";
/** Runs the stream of a case through the native yardstick, in a process of its own. */
export class NativeSide {
    #process;
    #lines;
    constructor(process) {
        this.#process = process;
        this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
    }
    /**
     * Starts the yardstick `program`.
     * @param folder where files for it may be written
     * @param memory the unit's memory with registers and tables in place, and no request processed yet
     */
    static async start(program, folder, memory, batches) {
        if (memory.length > YARDSTICK_MEMORY) {
            throw new RangeError(`the unit has ${memory.length} bytes, the yardstick room for ${YARDSTICK_MEMORY}`);
        }
        const memoryFile = join(folder, "memory");
        const batchesFile = join(folder, "batches");
        writeFileSync(memoryFile, memory);
        writeFileSync(batchesFile, Buffer.concat(batches));
        const child = spawn(program, [memoryFile, batchesFile], {
            stdio: ["pipe", "pipe", "inherit"],
        });
        await once(child, "spawn");
        // A yardstick that ends early is told from its missing answer.
        child.stdin.on("error", () => undefined);
        return new NativeSide(child);
    }
    async run(passes) {
        const [nanoseconds, checksum, failures] = await this.#ask(`run ${passes}`);
        return {
            nanoseconds: Number(nanoseconds),
            checksum: Number(checksum),
            failures: Number(failures),
        };
    }
    async counters() {
        const values = await this.#ask("counters");
        return Object.fromEntries(counterNames.map((name, index) => [name, BigInt(values[index])]));
    }
    close() {
        this.#process.stdin.end();
    }
    async #ask(command) {
        this.#process.stdin.write(`${command}\n`);
        const line = await this.#lines.next();
        if (line.done === true) {
            const { exitCode, signalCode } = this.#process;
            throw new Error(`the native yardstick ended (${exitCode ?? signalCode}) at "${command}"`);
        }
        return line.value.split(" ");
    }
}
