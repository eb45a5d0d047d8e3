import { CommandError } from "./command-error.js";
import type { Conversation } from "./connection.js";
import { CommandWords, shortened } from "./command-words.js";
import { commands, type CommandTarget } from "./commands.js";
import { LineReader, type Line } from "./line-reader.js";
import type { Q35 } from "./q35.js";

/** A line of 16 MiB of data in hexadecimal, and room for the command. */
const LONGEST_LINE = 2 * 16 * 2 ** 20 + 4096;

/**
 * One client of a machine: takes bytes in packets of any size, and gives a line for each command. A
 * command that cannot be carried out is answered with `FAIL` and the reason, and the next one is taken.
 */
export class QtestSession implements Conversation {
  readonly #target: CommandTarget;
  readonly #reader = new LineReader(LONGEST_LINE);
  #said: string[] = [];
  #stopIntercepting: (() => void) | undefined;

  /** Without a machine only `endianness` means something. */
  constructor(q35: Q35 | undefined) {
    this.#target = {
      get q35() {
        if (q35 === undefined) throw new CommandError("there is no machine (-machine none)");
        return q35;
      },
      intercept: (what) => {
        this.#intercept(q35, what);
      },
    };
  }

  /** The answers to the commands that end in this packet, one by one: each a line, behind its interrupts. */
  *feed(packet: Uint8Array): Iterable<string> {
    for (const line of this.#reader.feed(packet)) {
      const answer = this.#answer(line);
      yield `${this.#said.splice(0).join("")}${answer}\n`;
    }
  }

  /** The client is gone. */
  close(): void {
    this.#stopIntercepting?.();
    this.#stopIntercepting = undefined;
  }

  #answer(line: Line): string {
    if ("tooLong" in line) {
      return `FAIL a line of ${line.tooLong} characters is longer than ${LONGEST_LINE}`;
    }
    try {
      const words = new CommandWords(line.text);
      const command = commands.get(words.name);
      if (command === undefined) {
        throw new CommandError(`unknown command "${shortened(words.name)}"`);
      }
      const result = command(this.#target, words);
      return result === "" ? "OK" : `OK ${result}`;
    } catch (error) {
      if (error instanceof CommandError) return `FAIL ${error.message}`;
      throw error;
    }
  }

  #intercept(q35: Q35 | undefined, what: "ioapic" | "msi"): void {
    if (this.#stopIntercepting !== undefined) {
      throw new CommandError("interrupts are intercepted already");
    }
    if (q35 === undefined) throw new CommandError("there is no machine (-machine none)");
    const tell = (asserted: boolean, number: number): void => {
      this.#said.push(`IRQ ${asserted ? "raise" : "lower"} ${number}\n`);
    };
    this.#stopIntercepting =
      what === "ioapic"
        ? q35.lines.on(({ line, asserted }) => {
            tell(asserted, line);
          })
        : q35.machine.interrupts.on(({ data }) => {
            const vector = data & 0xff;
            tell(true, vector);
            tell(false, vector);
          });
  }
}
