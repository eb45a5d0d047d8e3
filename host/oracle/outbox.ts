import type {
  DeviceTlbInvalidate,
  FaultRecording,
  MessageSignaledInterrupt,
  PageGroupResponse,
} from "../spec/requests.js";

/** A fault as it happened, recorded or not. */
export interface FaultReport {
  readonly sourceId: number;
  /** Undefined for a request without PASID. */
  readonly pasid: number | undefined;
  /** The whole input address; of an interrupt request, the address that the message was written to. */
  readonly address: bigint;
  readonly condition: string;
  readonly reason: number;
  readonly record: FaultRecording;
}

/** What the unit sends, by the name under which one listens to it. */
export interface OracleEvents {
  /** A message of the unit itself, or the notification of a posted interrupt. */
  readonly interrupt: MessageSignaledInterrupt;
  readonly pageGroupResponse: PageGroupResponse;
  readonly deviceTlbInvalidate: DeviceTlbInvalidate;
  readonly fault: FaultReport;
}

export type OracleEventName = keyof OracleEvents;

type Listeners = { readonly [E in OracleEventName]: Set<(message: OracleEvents[E]) => void> };

/** Messages on their way out, in order. */
export class Outbox {
  readonly #listeners: Listeners = {
    interrupt: new Set(),
    pageGroupResponse: new Set(),
    deviceTlbInvalidate: new Set(),
    fault: new Set(),
  };
  #waiting: (() => void)[] = [];
  #delivering = false;

  /** Answers a function that ends it. */
  on<E extends OracleEventName>(
    event: E,
    listener: (message: OracleEvents[E]) => void,
  ): () => void {
    this.#listeners[event].add(listener);
    return () => {
      this.#listeners[event].delete(listener);
    };
  }

  send<E extends OracleEventName>(event: E, message: OracleEvents[E]): void {
    this.#waiting.push(() => {
      for (const listener of [...this.#listeners[event]]) listener(message);
    });
  }

  /** Hands out what waits. What a listener causes comes behind what is already on its way. */
  deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        next();
      }
    } finally {
      this.#delivering = false;
    }
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
  }
}
