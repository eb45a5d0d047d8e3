import type { ConfigSpace } from "./config-space.js";
import { header } from "./header.js";

/** A pin that has changed: what the interrupt controller of the machine sees. */
export interface InterruptPinChange {
  readonly sourceId: number;
  /** 1 to 4: INTA# to INTD#. */
  readonly pin: number;
  readonly asserted: boolean;
}

const INTERRUPT_STATUS = 1 << 3;
const INTX_DISABLE = 1 << 10;

/**
 * The interrupt pin (INTx) of a function. The status register shows the level that the device gives
 * it; Interrupt Disable in the command register keeps it from the outside.
 */
export class InterruptPin {
  readonly #config: ConfigSpace;
  readonly #changed: (asserted: boolean) => void;
  #asserted = false;

  /** `changed` is called whenever the outside sees another level. */
  constructor(config: ConfigSpace, changed: (asserted: boolean) => void) {
    this.#config = config;
    this.#changed = changed;
    config.watch(header.command, 2, () => {
      this.#show();
    });
  }

  /** What the outside sees. */
  get asserted(): boolean {
    return this.#asserted;
  }

  /** The device asserts or deasserts the pin. */
  set(level: boolean): void {
    const bits = level ? { set: INTERRUPT_STATUS } : { clear: INTERRUPT_STATUS };
    this.#config.change(header.status, 2, bits);
    this.#show();
  }

  /** Configuration space was restored: the outside sees the level that it tells, without a change. */
  restore(): void {
    this.#asserted = this.#level;
  }

  #show(): void {
    const asserted = this.#level;
    if (asserted === this.#asserted) return;
    this.#asserted = asserted;
    this.#changed(asserted);
  }

  get #level(): boolean {
    const level = (this.#config.get(header.status, 2) & INTERRUPT_STATUS) !== 0;
    const disabled = (this.#config.get(header.command, 2) & INTX_DISABLE) !== 0;
    return level && !disabled;
  }
}
