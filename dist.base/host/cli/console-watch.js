import { kernelComplaint } from "./kernel-complaint.js";
const LONGEST_LINE = 4096;
const PANIC = /Kernel panic - not syncing: .*?(?=\r|$)/;
/** Looks out for a text on a guest's console, and for complaints of Linux. */
export class ConsoleWatch {
    expected;
    #found = false;
    #panic;
    #complaint;
    #line = "";
    constructor(expected) {
        this.expected = expected;
    }
    /** What the guest wrote is all that was asked for. */
    get satisfied() {
        return this.expected === undefined || this.#found;
    }
    /** What Linux said when it panicked; undefined if it did not. */
    get panic() {
        return this.#panic ?? PANIC.exec(this.#line)?.[0];
    }
    /** The first complaint of Linux; undefined if it had none. */
    get complaint() {
        return this.#complaint ?? kernelComplaint(this.#line);
    }
    /** More of the console. True if the expected text has come. */
    add(bytes) {
        const lines = (this.#line + Buffer.from(bytes).toString("latin1")).split("\n");
        this.#line = lines.pop().slice(-LONGEST_LINE);
        for (const line of lines) {
            this.#panic ??= PANIC.exec(line)?.[0];
            this.#complaint ??= kernelComplaint(line);
        }
        const { expected } = this;
        this.#found ||=
            expected !== undefined && [...lines, this.#line].some((line) => line.includes(expected));
        return this.#found;
    }
}
