/** Passes serial output on in pieces: what a guest wrote since the event loop's last turn. */
export class SerialWriter {
  readonly #write: (text: Uint8Array) => void;
  #bytes: number[] = [];

  constructor(write: (text: Uint8Array) => void) {
    this.#write = write;
  }

  add(byte: number): void {
    if (this.#bytes.length === 0) setImmediate(() => this.flush());
    this.#bytes.push(byte);
  }

  /** Passes on what is left. */
  flush(): void {
    if (this.#bytes.length > 0) this.#write(Uint8Array.from(this.#bytes));
    this.#bytes = [];
  }
}
