import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { converse, type Conversation } from "./connection.js";

/** Where a channel goes. */
export type ChannelEnd =
  | { readonly kind: "unix"; readonly path: string; readonly listens: boolean }
  | { readonly kind: "stdio" }
  | { readonly kind: "null" };

export interface ChannelOptions {
  /** What speaks with each client. */
  readonly meet: () => Conversation;
  /** Standard input and output. */
  readonly stdio: { readonly input: Readable; readonly output: Writable };
  /** A client asked for the end, and has its answer. */
  readonly finished: () => void;
  /** Something failed that no client is to blame for. */
  readonly failed: (error: unknown) => void;
}

/** Clients that may wait for their turn at a socket. */
const MOST_WAITING = 16;

/** A way to clients: the first is spoken to until it is gone, then the next. */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #speaking: { readonly conversation: Conversation; readonly output: Writable } | undefined;
  #closing = false;
  #turn: Promise<void> = Promise.resolve();

  private constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** @throws Error of node:net if a socket cannot be made or reached. */
  static async open(end: ChannelEnd, options: ChannelOptions): Promise<Channel> {
    const channel = new Channel(options);
    if (end.kind === "stdio") {
      const { input, output } = options.stdio;
      channel.#turn = channel.#speak(input, output);
    } else if (end.kind === "unix" && end.listens) {
      await channel.#listen(end.path);
    } else if (end.kind === "unix") {
      const socket = connect(end.path);
      await once(socket, "connect");
      channel.#welcome(socket);
    }
    return channel;
  }

  /** True if clients may still come. */
  get listening(): boolean {
    return this.#server !== undefined;
  }

  /** Until the clients that have come so far are gone. */
  async ended(): Promise<void> {
    await this.#turn;
  }

  /** Says farewell, and is gone. */
  async close(): Promise<void> {
    this.#closing = true;
    const { conversation, output } = this.#speaking ?? {};
    const farewell = conversation?.farewell?.();
    if (farewell !== undefined && output?.writable === true) output.write(farewell);
    for (const socket of this.#sockets) socket.destroySoon();
    const server = this.#server;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  }

  async #listen(path: string): Promise<void> {
    const server = createServer((socket) => {
      this.#welcome(socket);
    });
    server.maxConnections = MOST_WAITING;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    this.#server = server;
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket);
    // A client that breaks off is gone; `converse` sees it.
    socket.on("error", () => undefined);
    socket.once("close", () => this.#sockets.delete(socket));
    this.#turn = this.#turn.then(async () => {
      if (this.#closing) return;
      await this.#speak(socket, socket);
      socket.destroySoon();
    });
  }

  async #speak(input: Readable, output: Writable): Promise<void> {
    const conversation = this.#options.meet();
    this.#speaking = { conversation, output };
    await converse(input, output, conversation).catch(this.#options.failed);
    this.#speaking = undefined;
    if (conversation.finished === true) this.#options.finished();
  }
}
