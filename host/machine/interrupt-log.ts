import type { MessageSignaledInterrupt } from "../spec/requests.js";

/** The interrupt messages of a machine, kept in order until they are taken. */
export class InterruptLog {
  #pending: MessageSignaledInterrupt[] = [];
  readonly #listeners = new Set<(message: MessageSignaledInterrupt) => void>();

  /** Messages that nobody has taken yet, oldest first. */
  get pending(): readonly MessageSignaledInterrupt[] {
    return this.#pending;
  }

  /** Takes the pending messages out. */
  take(): MessageSignaledInterrupt[] {
    const taken = this.#pending;
    this.#pending = [];
    return taken;
  }

  /** Calls `listener` for each message as it arrives; answers how to stop. */
  on(listener: (message: MessageSignaledInterrupt) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts pending messages in place; listeners are not called. */
  restore(pending: readonly MessageSignaledInterrupt[]): void {
    this.#pending = [...pending];
  }

  /** A message arrives. */
  deliver(message: MessageSignaledInterrupt): void {
    this.#pending.push(message);
    for (const listener of [...this.#listeners]) listener(message);
  }
}
