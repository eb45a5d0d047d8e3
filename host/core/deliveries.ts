import type { Core } from "./core.js";
import { drainOutbox, type IommuEvents, type Message } from "./outbox.js";

export type Listener<K extends keyof IommuEvents> = (event: IommuEvents[K]) => void;

/**
 * Carries messages from the core's outbox to the listeners, in order. A listener may call the unit:
 * what that causes is delivered behind what is on its way.
 */
export class Deliveries {
  readonly #core: Core;
  readonly #listeners = new Map<keyof IommuEvents, Set<Listener<never>>>();
  readonly #queue: Message[] = [];
  #delivering = false;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Calls `listener` for each event of a kind; answers a function that ends that. */
  on<K extends keyof IommuEvents>(kind: K, listener: Listener<K>): () => void {
    let listeners = this.#listeners.get(kind);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(kind, listeners);
    }
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Messages are on their way: a listener is running, or one threw and left some behind. */
  get underWay(): boolean {
    return this.#delivering || this.#queue.length > 0;
  }

  /** A listener is running. */
  get delivering(): boolean {
    return this.#delivering;
  }

  /** Forgets messages that a listener's exception left behind. */
  forget(): void {
    this.#queue.length = 0;
  }

  /** Puts a message of the host's own behind those on their way. */
  add(message: Message): void {
    this.#queue.push(message);
  }

  /** Empties the outbox, lets the core go on with what a full one had stopped, and calls the listeners. */
  deliver(): void {
    this.#queue.push(...drainOutbox(this.#core));
    while (this.#core.moreWork) {
      this.#core.exports.resume();
      this.#queue.push(...drainOutbox(this.#core));
    }
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const [kind, event] = next;
        for (const listener of [...(this.#listeners.get(kind) ?? [])]) listener(event as never);
      }
    } finally {
      this.#delivering = false;
    }
  }
}
