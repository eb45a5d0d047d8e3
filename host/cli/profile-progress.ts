import type { Terminal } from "./terminal.js";
import { countText } from "./numbers.js";

/** How far a run is, on one line of a terminal that is gone at the end; nothing where no person reads. */
export class ProfileProgress {
  readonly #terminal: Terminal | undefined;
  readonly #requests: number | undefined;
  #shown = "";

  /** @param requests that there will be, where that is known */
  constructor(terminal: Terminal, requests: number | undefined) {
    if (terminal.isTerminal === true) this.#terminal = terminal;
    this.#requests = requests;
  }

  show(done: number): void {
    const all = this.#requests;
    const text =
      all === undefined
        ? `${countText(done)} requests`
        : `${Math.floor((100 * done) / all)} % of ${countText(all)} requests`;
    if (text === this.#shown) return;
    this.#shown = text;
    this.#write(text);
  }

  clear(): void {
    if (this.#shown !== "") this.#write("");
  }

  #write(text: string): void {
    this.#terminal?.message(Buffer.from(`\r\u001b[K${text}`));
  }
}
