/** A value of the stream, or why there is none. */
export type JsonItem = { readonly value: unknown } | { readonly problem: string };

/** Characters of one value. */
const LONGEST = 1 << 20;
/** Brackets within brackets. */
const DEEPEST = 1024;

/** Cuts a stream of bytes into JSON values: several in a packet, or one in several. */
export class JsonStream {
  #text = "";
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Of a value that was given up: the rest of its line is no value of its own. */
  #skipping = false;
  readonly #decoder = new TextDecoder();

  /** The values that end in this packet. What is no JSON is answered once, and the next line is read. */
  *feed(packet: Uint8Array): Iterable<JsonItem> {
    for (const char of this.#decoder.decode(packet, { stream: true })) {
      if (this.#skipping) {
        this.#skipping = char !== "\n";
        continue;
      }
      const item = this.#take(char);
      if (item !== undefined) yield item;
    }
  }

  #take(char: string): JsonItem | undefined {
    const isSpace = /\s/.test(char);
    if (this.#text === "" && isSpace) return undefined;
    // A number or a word ends with its line, or where brackets begin.
    const isBare = this.#text !== "" && this.#depth === 0 && !this.#inString;
    if (isBare && isSpace) return this.#end();
    this.#text += char;
    if (this.#text.length > LONGEST) return this.#giveUp(`a value is longer than ${LONGEST}`, char);
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (char === "\\") this.#escaped = true;
      else if (char === '"') this.#inString = false;
      return this.#depth === 0 && !this.#inString ? this.#end() : undefined;
    }
    if (char === '"') this.#inString = true;
    else if (char === "{" || char === "[") {
      this.#depth += 1;
      if (this.#depth > DEEPEST) return this.#giveUp(`brackets are deeper than ${DEEPEST}`, char);
    } else if (char === "}" || char === "]") {
      this.#depth -= 1;
      if (this.#depth < 0) return this.#giveUp(`a ${char} without its beginning`, char);
      if (this.#depth === 0) return this.#end();
    }
    return undefined;
  }

  #end(): JsonItem {
    const text = this.#text;
    this.#forget();
    try {
      return { value: JSON.parse(text) as unknown };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  }

  #giveUp(problem: string, last: string): JsonItem {
    this.#forget();
    this.#skipping = last !== "\n";
    return { problem };
  }

  #forget(): void {
    this.#text = "";
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
  }
}
