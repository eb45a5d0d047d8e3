import type { PciBus } from "../../pci/bus.js";
import type { InterruptPinChange } from "../../pci/interrupt-pin.js";

/** An input of the I/O APIC that has changed. */
export interface LineChange {
  readonly line: number;
  readonly asserted: boolean;
}

/** PIRQE# to PIRQH#, which q35 gives to the slots 0 to 24, are these inputs of the I/O APIC. */
const FIRST_LINE = 20;
const LINES = 4;

/** The way of q35 from interrupt pins of slots to the I/O APIC: four inputs, each shared by many pins. */
export class InterruptLines {
  readonly #asserted = new Set<string>();
  readonly #listeners = new Set<(change: LineChange) => void>();

  constructor(bus: PciBus) {
    bus.on("interruptPin", (change) => {
      this.#changed(change);
    });
  }

  /** Calls `listener` whenever an input changes; answers how to stop. */
  on(listener: (change: LineChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed({ sourceId, pin, asserted }: InterruptPinChange): void {
    const line = FIRST_LINE + (((sourceId >> 3) + pin - 1) % LINES);
    const before = this.#isAsserted(line);
    const key = `${line} ${sourceId} ${pin}`;
    if (asserted) this.#asserted.add(key);
    else this.#asserted.delete(key);
    const after = this.#isAsserted(line);
    if (after === before) return;
    for (const listener of [...this.#listeners]) listener({ line, asserted: after });
  }

  #isAsserted(line: number): boolean {
    return [...this.#asserted].some((key) => key.startsWith(`${line} `));
  }
}
