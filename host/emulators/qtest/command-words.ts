import { CommandError } from "./command-error.js";

/** The words of a command behind its name, taken one by one. */
export class CommandWords {
  readonly name: string;
  readonly #words: readonly string[];
  #next = 1;

  constructor(line: string) {
    this.#words = line.split(" ");
    this.name = this.#words[0] ?? "";
  }

  /** True while words are left. */
  get more(): boolean {
    return this.#next < this.#words.length;
  }

  /** The next word. @throws CommandError if there is none. */
  word(what: string): string {
    const word = this.#words[this.#next];
    if (word === undefined || word === "") throw new CommandError(`${this.name} needs ${what}`);
    this.#next += 1;
    return word;
  }

  /**
   * The next word as an unsigned number: decimal, 0x hexadecimal, or octal behind a 0.
   * @throws CommandError if it is none of `bits` bits.
   */
  number(what: string, bits = 64): bigint {
    const word = this.word(what);
    const value = parseNumber(word);
    if (value === undefined || value >> BigInt(bits) !== 0n) {
      throw new CommandError(`${what} "${shortened(word)}" is no unsigned number of ${bits} bits`);
    }
    return value;
  }

  /** The next word as a count of bytes. @throws CommandError if it is above `most`. */
  count(what: string, most: number): number {
    const value = this.number(what);
    if (value > BigInt(most)) throw new CommandError(`${what} ${value} is above ${most}`);
    return Number(value);
  }

  /** @throws CommandError if words are left. */
  end(): void {
    const word = this.#words[this.#next];
    if (word !== undefined) {
      throw new CommandError(`${this.name} has a word too many: "${shortened(word)}"`);
    }
  }
}

function parseNumber(word: string): bigint | undefined {
  if (/^0x[0-9a-f]{1,32}$/i.test(word)) return BigInt(word);
  if (/^0[0-7]{1,32}$/.test(word)) return BigInt(`0o${word.slice(1)}`);
  return /^[0-9]{1,32}$/.test(word) ? BigInt(word) : undefined;
}

/** What a message shows of a word. */
export function shortened(word: string): string {
  const clean = word.replaceAll(/[^\x20-\x7e]/g, "?");
  return clean.length > 40 ? `${clean.slice(0, 37)}...` : clean;
}
