import { atOnce, type ErrorName } from "../../../host/driver/handler/index.js";
import type { Call, Commanded, Invalidated, Result, System } from "./system.js";

/**
 * The answers of a system that a `Recorder` wrote down, in their order. What is asked does not matter here: a recorder around this one
 * writes the same lines if the same was asked.
 */
export class WrittenSystem implements System<never> {
  readonly #answers: string[];

  constructor(lines: readonly string[]) {
    this.#answers = lines
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.split(" -> ")[1] ?? "");
  }

  get isOver(): boolean {
    return this.#answers.length === 0;
  }

  readonly ioas = () => this.#result();
  readonly faultQueue = () => this.#result();
  readonly hwpt = () => this.#result();
  readonly destroy = () => this.#result();
  readonly attach = () => this.#result();
  readonly detach = () => this.#result();
  readonly map = () => this.#result();
  readonly unmap = () => this.#result();
  readonly poll = () => this.#result();
  readonly write = () => this.#result();
  readonly close = () => this.#result();
  readonly load = () => this.#answer(Number);
  readonly finish = () => this.#answer(Number);
  readonly peek = () => this.#answer(BigInt);
  readonly poke = () => this.#nothing();
  readonly store = () => this.#nothing();
  readonly start = () => this.#nothing();
  readonly stop = () => this.#nothing();
  readonly submit = () => this.#nothing();
  readonly settle = () => this.#nothing();

  command(): Call<never, Commanded> {
    return this.#answer((text) => {
      const [result = "", structure = "", data = ""] = text.split(" ");
      const bytes = (digits: string) => Buffer.from(digits.replace("-", ""), "hex");
      return { result: resultOf(result), structure: bytes(structure), data: bytes(data) };
    });
  }

  invalidate(): Call<never, Invalidated> {
    return this.#answer((text) => {
      const [result = "", entries] = text.split(" ");
      return { result: resultOf(result), entries: Number(entries) };
    });
  }

  read(): Call<never, Result<Uint8Array>> {
    return this.#answer((text) => {
      const [result = "", digits = ""] = text.split(" ");
      return result.startsWith("E") ? (result as ErrorName) : Buffer.from(digits, "hex");
    });
  }

  #result(): Call<never, Result> {
    return this.#answer(resultOf);
  }

  #nothing(): Call<never, void> {
    return this.#answer(() => undefined);
  }

  #answer<T>(parse: (text: string) => T): Call<never, T> {
    const answer = this.#answers.shift();
    if (answer === undefined) throw new RangeError("there are no more answers");
    return atOnce(parse(answer));
  }
}

function resultOf(text: string): Result {
  return text.startsWith("E") ? (text as ErrorName) : Number(text);
}
