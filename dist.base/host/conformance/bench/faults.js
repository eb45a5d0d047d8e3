import { fieldOf, registerNamed } from "./registers.js";
const F = 1n << 127n;
/** The fault recording registers as a driver reads and clears them (§7.2.1). */
export class FaultRecords {
    #channel;
    #registers;
    #count;
    constructor(channel, registers, capabilities) {
        this.#channel = channel;
        this.#registers = registers;
        this.#count = capabilities.values["NFR"] + 1;
    }
    /** Number of fault recording registers: CAP.NFR + 1. */
    get count() {
        return this.#count;
    }
    /** The registers with F set, by index. */
    async pending() {
        const first = await this.#registers.offsetOf("FRCD0");
        const halves = await this.#channel.askAll(Array.from({ length: 2 * this.#count }, (_, half) => ({
            op: "read-register",
            offset: first + 8 * half,
            size: 8,
        })));
        return Array.from({ length: this.#count }, (_, index) => ({
            index,
            value: halves[2 * index].value | (halves[2 * index + 1].value << 64n),
        })).filter(({ value }) => (value & F) !== 0n);
    }
    /** Clears F of every record, PFO, and the errors of the queue: what a driver does at the end. */
    async clear() {
        for (const { index } of await this.pending())
            await this.clearRecord(index);
        const { register } = registerNamed("FSTS");
        const status = await this.#registers.read("FSTS");
        const set = ["PFO", "IQE", "ICE", "ITE"].filter((name) => fieldOf(register, name, status));
        if (set.length > 0) {
            await this.#registers.write("FSTS", Object.fromEntries(set.map((name) => [name, 1])));
        }
    }
    /** Clears F of one record by its uppermost dword alone. */
    async clearRecord(index) {
        await this.#registers.writeDwords(`FRCD${index}`, F, [3]);
    }
}
