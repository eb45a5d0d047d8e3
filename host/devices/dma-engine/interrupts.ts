import type { Msi } from "../../pci/msi.js";

export interface InterruptData {
  readonly status: number;
  readonly mask: number;
  readonly enabled: boolean;
  /** Enabled bits that were set when a message was last considered. */
  readonly shown: number;
}

/** INTR_STATUS, INTR_MASK and the enable: one message each time an enabled bit becomes set. */
export class InterruptStatus {
  readonly #msi: Msi;
  #status = 0;
  #mask = 0;
  #enabled = false;
  #shown = 0;

  constructor(msi: Msi) {
    this.#msi = msi;
  }

  get status(): number {
    return this.#status;
  }

  get mask(): number {
    return this.#mask;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  raise(bits: number): void {
    this.#status |= bits;
    this.#update();
  }

  clear(bits: number): void {
    this.#status &= ~bits;
    this.#update();
  }

  setMask(mask: number): void {
    this.#mask = mask;
    this.#update();
  }

  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    this.#update();
  }

  reset(): void {
    this.#status = 0;
    this.#mask = 0;
    this.#enabled = false;
    this.#shown = 0;
  }

  snapshot(): InterruptData {
    const [status, mask, enabled, shown] = [this.#status, this.#mask, this.#enabled, this.#shown];
    return { status, mask, enabled, shown };
  }

  restore({ status, mask, enabled, shown }: InterruptData): void {
    this.#status = status;
    this.#mask = mask;
    this.#enabled = enabled;
    this.#shown = shown;
  }

  #update(): void {
    const shown = this.#enabled ? this.#status & this.#mask : 0;
    const risen = shown & ~this.#shown;
    this.#shown = shown;
    if (risen !== 0) this.#msi.raise();
  }
}
