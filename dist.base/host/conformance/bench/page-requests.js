const DESCRIPTOR_BYTES = 32;
/** The page request queue as software runs it (§7.4). */
export class PageRequestQueue {
    #channel;
    #registers;
    #frames;
    #base = 0n;
    #bytes = 4096;
    constructor(parts) {
        this.#channel = parts.channel;
        this.#registers = parts.registers;
        this.#frames = parts.frames;
    }
    get base() {
        return this.#base;
    }
    /** Descriptors that the queue can hold: one less than it has room for. */
    get capacity() {
        return this.#bytes / DESCRIPTOR_BYTES - 1;
    }
    /** Gives the unit a queue of 2^`size` pages: PQH 0, PQT 0, PQA. */
    async start(size = 0) {
        this.#bytes = 4096 << size;
        this.#base = this.#frames.allocate(1 << size);
        await this.#registers.write("PQH", 0n);
        await this.#registers.write("PQT", 0n);
        await this.#registers.write("PQA", { PQA: this.#base, PQS: size });
    }
    /** Takes what is in the queue, as software does: the four words of each descriptor. */
    async take() {
        const tail = Number(await this.#registers.read("PQT"));
        const taken = [];
        let head = Number(await this.#registers.read("PQH"));
        for (; head !== tail; head = (head + DESCRIPTOR_BYTES) % this.#bytes) {
            const address = this.#base + BigInt(head);
            const request = { op: "read-memory", address, length: DESCRIPTOR_BYTES };
            const { data } = await this.#channel.ask(request);
            const view = new DataView(data.buffer, data.byteOffset, data.length);
            taken.push([0, 8, 16, 24].map((at) => view.getBigUint64(at, true)));
        }
        await this.#registers.write("PQH", BigInt(head));
        return taken;
    }
}
