/** Passes serial output on in pieces: what a guest wrote since the event loop's last turn. */
export class SerialWriter {
    #write;
    #bytes = [];
    constructor(write) {
        this.#write = write;
    }
    add(byte) {
        if (this.#bytes.length === 0)
            setImmediate(() => this.flush());
        this.#bytes.push(byte);
    }
    /** Passes on what is left. */
    flush() {
        if (this.#bytes.length > 0)
            this.#write(Uint8Array.from(this.#bytes));
        this.#bytes = [];
    }
}
