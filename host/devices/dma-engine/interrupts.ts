import type { Msi } from "../../pci/msi.js";

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

  #update(): void {
    const shown = this.#enabled ? this.#status & this.#mask : 0;
    const risen = shown & ~this.#shown;
    this.#shown = shown;
    if (risen !== 0) this.#msi.raise();
  }
}
