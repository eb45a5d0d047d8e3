import type { InterruptPinChange } from "../../pci/interrupt-pin.js";
import type { V86Cpu } from "./internals.js";

/** What a snapshot holds of the pins. */
export interface InterruptPinsData {
  /** Functions and pins, and their lines. */
  readonly asserted: readonly (readonly [key: number, line: number])[];
  readonly waiting: readonly number[];
}

/** PIRQRC of the PIIX3: the interrupt that each of four lines leads to. */
const ROUTES = 0x60;
const ROUTE_DISABLED = 0x80;

/**
 * The interrupt pins (INTx) of endpoints, which v86's PIIX3 routes as those of v86's own functions.
 * A line that is not routed, or to interrupt 0, leads nowhere.
 *
 * As with messages, a line must not be raised while guest code runs; it waits for `raiseWaiting`.
 */
export class InterruptPins {
  readonly #cpu: V86Cpu;
  readonly #guestRuns: () => boolean;
  /** The lines of asserted pins by function and pin. */
  readonly #asserted = new Map<number, number>();
  readonly #waiting = new Set<number>();

  /** @param guestRuns true while v86 is inside guest code or about to look at requests itself. */
  constructor(cpu: V86Cpu, guestRuns: () => boolean) {
    this.#cpu = cpu;
    this.#guestRuns = guestRuns;
  }

  change({ sourceId, pin, asserted }: InterruptPinChange): void {
    const key = sourceId * 8 + pin;
    if (!asserted) {
      this.#deassert(key);
      return;
    }
    const line = lineOf(sourceId, pin);
    this.#asserted.set(key, line);
    this.#waiting.add(line);
    if (this.#guestRuns()) return;
    this.raiseWaiting();
    this.#cpu.stop_idling();
  }

  /** Raises what was asserted meanwhile; to be called where no guest code runs. True if there was any. */
  raiseWaiting(): boolean {
    const lines = [...this.#waiting];
    this.#waiting.clear();
    for (const line of lines) this.#drive(line, (irq) => this.#cpu.device_raise_irq(irq));
    return lines.length > 0;
  }

  snapshot(): InterruptPinsData {
    return { asserted: [...this.#asserted], waiting: [...this.#waiting] };
  }

  /** Puts in place what `snapshot` answered; v86 restores its interrupt controllers itself. */
  restore({ asserted, waiting }: InterruptPinsData): void {
    this.#asserted.clear();
    for (const [key, line] of asserted) this.#asserted.set(key, line);
    this.#waiting.clear();
    for (const line of waiting) this.#waiting.add(line);
  }

  #deassert(key: number): void {
    const line = this.#asserted.get(key);
    this.#asserted.delete(key);
    if (line === undefined || [...this.#asserted.values()].includes(line)) return;
    if (!this.#waiting.delete(line)) this.#drive(line, (irq) => this.#cpu.device_lower_irq(irq));
  }

  #drive(line: number, act: (irq: number) => void): void {
    const irq = this.#cpu.devices.pci.isa_bridge_space8[ROUTES + line] ?? 0;
    if (irq !== 0 && (irq & ROUTE_DISABLED) === 0) act(irq & 0xf);
  }
}

/** The line of a pin: the wiring of slots turns by one for each device, as v86 has it. */
function lineOf(sourceId: number, pin: number): number {
  return (pin - 1 + ((sourceId >> 3) & 0x1f) - 1) & 3;
}
