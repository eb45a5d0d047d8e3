import type { Outbox } from "./outbox.js";
import type { RegisterFile } from "./register-file.js";

/** First letters of the register names: fault, invalidation and page request events. */
export type EventPrefix = "FE" | "IE" | "PE";

/**
 * One of the unit's own messages with its mask and pending bit (§7.3, §6.5.2.10, §7.5 use the same
 * words). Whether a condition is a new one is for the caller to say. Never remapped (§5.1.6).
 */
export class EventInterface {
  readonly #registers: RegisterFile;
  readonly #prefix: EventPrefix;
  readonly #outbox: Outbox;

  constructor(registers: RegisterFile, prefix: EventPrefix, outbox: Outbox) {
    this.#registers = registers;
    this.#prefix = prefix;
    this.#outbox = outbox;
  }

  /** A condition came up, and none was pending. */
  raise(): void {
    this.#registers.setField(this.#name("CTL"), "IP", true);
    this.sendIfUnmasked();
  }

  /** Also after software wrote the mask. */
  sendIfUnmasked(): void {
    const control = this.#name("CTL");
    if (!this.#registers.flag(control, "IP") || this.#registers.flag(control, "IM")) return;
    this.#registers.setField(control, "IP", false);
    const upper = this.#registers.value(this.#name("UADDR"));
    this.#outbox.send("interrupt", {
      address: (upper << 32n) | this.#registers.value(this.#name("ADDR")),
      data: Number(this.#registers.value(this.#name("DATA"))),
    });
  }

  /** Software has cleared every status bit that the event stands for. */
  serviced(): void {
    this.#registers.setField(this.#name("CTL"), "IP", false);
  }

  #name(suffix: "CTL" | "DATA" | "ADDR" | "UADDR"): string {
    return `${this.#prefix}${suffix}`;
  }
}
