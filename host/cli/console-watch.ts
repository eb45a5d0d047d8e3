const LONGEST_LINE = 4096;

/** Looks out for a text on a guest's console, and for a panic of Linux. */
export class ConsoleWatch {
  readonly expected: string | undefined;
  #found = false;
  #panic: string | undefined;
  #line = "";

  constructor(expected: string | undefined) {
    this.expected = expected;
  }

  /** What the guest wrote is all that was asked for. */
  get satisfied(): boolean {
    return this.expected === undefined || this.#found;
  }

  /** What Linux said when it panicked; undefined if it did not. */
  get panic(): string | undefined {
    return this.#panic;
  }

  /** More of the console. True if the expected text has come. */
  add(bytes: Uint8Array): boolean {
    const lines = (this.#line + Buffer.from(bytes).toString("latin1")).split("\n");
    this.#line = lines.at(-1).slice(-LONGEST_LINE);
    for (const line of lines) this.#look(line);
    return this.#found;
  }

  #look(line: string): void {
    if (this.expected !== undefined && line.includes(this.expected)) this.#found = true;
    this.#panic ??= /Kernel panic - not syncing: .*?(?=\r|$)/.exec(line)?.[0];
  }
}
