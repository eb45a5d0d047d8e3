import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { shortened } from "./command-words.js";
import { LineReader } from "./line-reader.js";
import { QtestClientError, QtestRefusal } from "./qtest-client-error.js";

export interface QtestClientOptions {
  /** Milliseconds that the server has for an answer. Default 30,000. */
  readonly timeLimitMs?: number;
}

/** A line of an interrupt controller has changed, as the server says. */
export interface QtestInterrupt {
  readonly line: number;
  readonly raised: boolean;
}

interface Waiting {
  readonly command: string;
  readonly resolve: (result: string) => void;
  readonly reject: (error: Error) => void;
}

const USUAL_TIME_LIMIT_MS = 30_000;
const LONGEST_LINE = 2 ** 26;
/** Bytes of one block in base64. */
const MOST_BLOCK = 2 ** 20;

/**
 * Speaks the qtest protocol, to QEMU or to `viommu qtest`. Commands that are given without waiting for
 * the answers of those before travel together, and are answered in order.
 */
export class QtestClient {
  readonly #stream: Duplex;
  readonly #timeLimitMs: number;
  readonly #reader = new LineReader(LONGEST_LINE);
  readonly #waiting: Waiting[] = [];
  readonly #listeners = new Set<(interrupt: QtestInterrupt) => void>();
  #unsent: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #end: Error | undefined;

  private constructor(stream: Duplex, options: QtestClientOptions) {
    this.#stream = stream;
    this.#timeLimitMs = options.timeLimitMs ?? USUAL_TIME_LIMIT_MS;
    stream.on("data", (packet: Uint8Array) => {
      this.#receive(packet);
    });
    stream.on("error", (error) => {
      this.#die(`the connection broke: ${error.message}`);
    });
    stream.on("close", () => {
      this.#die("the server is gone");
    });
  }

  /** A client over a stream that is open. */
  static over(stream: Duplex, options: QtestClientOptions = {}): QtestClient {
    return new QtestClient(stream, options);
  }

  /** Connects to a server that listens at a Unix socket. @throws QtestClientError */
  static async connect(path: string, options: QtestClientOptions = {}): Promise<QtestClient> {
    const socket = connect(path);
    try {
      await once(socket, "connect");
    } catch (error) {
      throw new QtestClientError(`no qtest server listens at ${path}: ${(error as Error).message}`);
    }
    return new QtestClient(socket, options);
  }

  /**
   * Listens at a Unix socket until one server connects, as QEMU does, or `signal` is aborted.
   * @throws QtestClientError
   */
  static async accept(
    path: string,
    signal: AbortSignal,
    options: QtestClientOptions = {},
  ): Promise<QtestClient> {
    const listener = createServer();
    try {
      listener.listen(path);
      await once(listener, "listening", { signal });
      const [socket] = (await once(listener, "connection", { signal })) as [Socket];
      return new QtestClient(socket, options);
    } catch (error) {
      throw new QtestClientError(`no qtest server came to ${path}: ${(error as Error).message}`);
    } finally {
      listener.close();
    }
  }

  /** Why no more commands can be given; undefined while they can. */
  get end(): Error | undefined {
    return this.#end;
  }

  /**
   * Gives a command; answers what follows OK.
   * @throws QtestRefusal if the server refuses it, QtestClientError if there is no answer.
   */
  command(text: string): Promise<string> {
    if (text.includes("\n")) throw new RangeError("a command is one line");
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ command: text.slice(0, 80), resolve, reject });
      if (this.#unsent.push(text) === 1) {
        setImmediate(() => {
          this.#send();
        });
      }
    });
  }

  /** A read of the processor, by 1, 2, 4 or 8 bytes. */
  async read(address: bigint, size: 1 | 2 | 4 | 8): Promise<bigint> {
    return this.#number(`read${LETTERS[size]} ${hex(address)}`);
  }

  async write(address: bigint, size: 1 | 2 | 4 | 8, value: bigint): Promise<void> {
    await this.command(`write${LETTERS[size]} ${hex(address)} ${hex(value)}`);
  }

  /** A port read. */
  async portRead(port: number, size: 1 | 2 | 4): Promise<number> {
    return Number(await this.#number(`in${LETTERS[size]} ${hex(port)}`));
  }

  async portWrite(port: number, size: 1 | 2 | 4, value: number): Promise<void> {
    await this.command(`out${LETTERS[size]} ${hex(port)} ${hex(value >>> 0)}`);
  }

  async readBytes(address: bigint, length: number): Promise<Uint8Array> {
    const blocks = await Promise.all(
      blocksOf(length).map(async ({ at, size }) => {
        const text = await this.command(`b64read ${hex(address + BigInt(at))} ${hex(size)}`);
        const bytes = Buffer.from(text, "base64");
        if (bytes.length === size) return bytes;
        throw new QtestClientError(`${size} bytes were asked for, and ${bytes.length} came`);
      }),
    );
    return new Uint8Array(Buffer.concat(blocks));
  }

  async writeBytes(address: bigint, bytes: Uint8Array): Promise<void> {
    await Promise.all(
      blocksOf(bytes.length).map(({ at, size }) => {
        const data = Buffer.from(bytes.subarray(at, at + size)).toString("base64");
        return this.command(`b64write ${hex(address + BigInt(at))} ${hex(size)} ${data}`);
      }),
    );
  }

  async fill(address: bigint, length: number, value: number): Promise<void> {
    if (length === 0) return;
    await this.command(`memset ${hex(address)} ${hex(length)} ${hex(value)}`);
  }

  /** Advances the clock, by default to the next thing that is due. Answers its time in nanoseconds. */
  async clockStep(nanoseconds?: bigint): Promise<bigint> {
    const step = nanoseconds === undefined ? "" : ` ${nanoseconds}`;
    return this.#number(`clock_step${step}`);
  }

  /** From now on `on` tells of the inputs of a device: "ioapic". */
  async interceptInterrupts(device: string): Promise<void> {
    await this.command(`irq_intercept_in ${device}`);
  }

  /** Calls `listener` for each change of an interrupt line; answers how to stop. */
  on(listener: (interrupt: QtestInterrupt) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hangs up. Commands without an answer get none. */
  close(): void {
    this.#die("the client has hung up");
    this.#stream.destroy();
  }

  async #number(command: string): Promise<bigint> {
    const text = await this.command(command);
    if (/^(0x[0-9a-f]+|[0-9]+)$/i.test(text)) return BigInt(text);
    throw new QtestClientError(`${command}: the answer "${shortened(text)}" is no number`);
  }

  #send(): void {
    const text = this.#unsent.map((each) => `${each}\n`).join("");
    this.#unsent = [];
    if (this.#end !== undefined) return;
    this.#stream.write(text, "latin1");
    this.#watch();
  }

  #receive(packet: Uint8Array): void {
    for (const line of this.#reader.feed(packet)) {
      if (this.#end !== undefined) return;
      if ("tooLong" in line) this.#die(`it sends a line of ${line.tooLong} characters`);
      else this.#take(line.text);
    }
    this.#watch();
  }

  #take(text: string): void {
    const [, change, line] = /^IRQ (raise|lower) (\d+)$/.exec(text) ?? [];
    if (line !== undefined) {
      const interrupt = { line: Number(line), raised: change === "raise" };
      for (const listener of [...this.#listeners]) listener(interrupt);
      return;
    }
    const [, status, rest = ""] = /^(OK|FAIL)(?: (.*))?$/.exec(text) ?? [];
    const asked = status === undefined ? undefined : this.#waiting.shift();
    if (asked === undefined) this.#die(`it says "${shortened(text)}", which answers nothing`);
    else if (status === "OK") asked.resolve(rest);
    else asked.reject(new QtestRefusal(shortened(asked.command), rest));
  }

  /** The time limit begins anew with every packet. */
  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [first] = this.#waiting;
    if (first === undefined || this.#end !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#die(`no answer to "${shortened(first.command)}" in ${this.#timeLimitMs} ms`);
      this.#stream.destroy();
    }, this.#timeLimitMs);
  }

  #die(reason: string): void {
    if (this.#end !== undefined) return;
    const [first] = this.#waiting;
    const at = first === undefined ? "" : ` (at "${shortened(first.command)}")`;
    this.#end = new QtestClientError(`the qtest connection has ended: ${reason}${at}`);
    clearTimeout(this.#timer);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#end);
  }
}

const LETTERS = { 1: "b", 2: "w", 4: "l", 8: "q" } as const;

function hex(value: bigint | number): string {
  return `0x${value.toString(16)}`;
}

function blocksOf(length: number): { readonly at: number; readonly size: number }[] {
  return Array.from({ length: Math.ceil(length / MOST_BLOCK) }, (_, index) => {
    const at = index * MOST_BLOCK;
    return { at, size: Math.min(MOST_BLOCK, length - at) };
  });
}
