import type { Readable, Writable } from "node:stream";
import { isRecord, lineOf, textOf } from "./json-form.js";
import { readLines } from "./lines.js";

/** A target's answer that is no message of the protocol; longer ones are cut. */
const SHOWN = 200;

interface Waiting {
  readonly resolve: (message: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** The program behind a connection, which tells more than that it has gone. */
export interface Peer {
  /** Ends it, and waits until it has ended. */
  end(): Promise<void>;
  /** How it ended, and what it said last. */
  account(): string;
}

/** Questions and answers, one JSON object on a line each, over a pair of streams. */
export class LineConnection {
  readonly #output: Writable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #peer: Peer | undefined;
  #next = 1;
  #ended: string | undefined;

  constructor(input: Readable, output: Writable, peer?: Peer) {
    this.#output = output;
    this.#peer = peer;
    output.on("error", (error) => {
      this.#lost(`it takes no more messages (${error.message})`);
    });
    readLines(
      input,
      (line) => {
        this.#take(line);
      },
      (why) => {
        this.#lost(why);
      },
    );
  }

  /** Why nothing can be asked any more. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** Sends a message, and answers the one that comes back for it. */
  ask(message: object): Promise<Record<string, unknown>> {
    if (this.#ended !== undefined) return Promise.reject(new Error(this.#reason()));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#output.write(lineOf({ id, ...message }));
    });
  }

  /** Gives up: whoever waits learns why. */
  end(why: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    for (const { reject } of this.#waiting.values()) reject(new Error(this.#reason()));
    this.#waiting.clear();
  }

  /** One of its streams has ended: the program behind it is about to, and may tell why. */
  #lost(why: string): void {
    if (this.#peer === undefined) this.end(why);
    else
      void this.#peer.end().then(() => {
        this.end(why);
      });
  }

  #reason(): string {
    const account = this.#peer?.account() ?? "";
    return `the target does not work: ${this.#ended}${account === "" ? "" : `; ${account}`}`;
  }

  #take(line: string): void {
    const message = parsed(line);
    const waiting = this.#waiting.get(Number(message?.["id"]));
    if (message === undefined || waiting === undefined) {
      const text = line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line;
      this.end(`it says ${JSON.stringify(text)}, which answers no message`);
      return;
    }
    this.#waiting.delete(Number(message["id"]));
    const { error } = message;
    if (error === undefined) waiting.resolve(message);
    else waiting.reject(new Error(`the target reports an error: ${textOf(error)}`));
  }
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
