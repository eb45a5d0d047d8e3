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
    #cpu;
    #guestRuns;
    /** The lines of asserted pins by function and pin. */
    #asserted = new Map();
    #waiting = new Set();
    /** @param guestRuns true while v86 is inside guest code or about to look at requests itself. */
    constructor(cpu, guestRuns) {
        this.#cpu = cpu;
        this.#guestRuns = guestRuns;
    }
    change({ sourceId, pin, asserted }) {
        const key = sourceId * 8 + pin;
        if (!asserted) {
            this.#deassert(key);
            return;
        }
        const line = lineOf(sourceId, pin);
        this.#asserted.set(key, line);
        this.#waiting.add(line);
        if (this.#guestRuns())
            return;
        this.raiseWaiting();
        this.#cpu.stop_idling();
    }
    /** Raises what was asserted meanwhile; to be called where no guest code runs. True if there was any. */
    raiseWaiting() {
        const lines = [...this.#waiting];
        this.#waiting.clear();
        for (const line of lines)
            this.#drive(line, (irq) => this.#cpu.device_raise_irq(irq));
        return lines.length > 0;
    }
    snapshot() {
        return { asserted: [...this.#asserted], waiting: [...this.#waiting] };
    }
    /** Puts in place what `snapshot` answered; v86 restores its interrupt controllers itself. */
    restore({ asserted, waiting }) {
        this.#asserted.clear();
        for (const [key, line] of asserted)
            this.#asserted.set(key, line);
        this.#waiting.clear();
        for (const line of waiting)
            this.#waiting.add(line);
    }
    #deassert(key) {
        const line = this.#asserted.get(key);
        this.#asserted.delete(key);
        if (line === undefined || [...this.#asserted.values()].includes(line))
            return;
        if (!this.#waiting.delete(line))
            this.#drive(line, (irq) => this.#cpu.device_lower_irq(irq));
    }
    #drive(line, act) {
        const irq = this.#cpu.devices.pci.isa_bridge_space8[ROUTES + line] ?? 0;
        if (irq !== 0 && (irq & ROUTE_DISABLED) === 0)
            act(irq & 0xf);
    }
}
/** The line of a pin: the wiring of slots turns by one for each device, as v86 has it. */
function lineOf(sourceId, pin) {
    return (pin - 1 + ((sourceId >> 3) & 0x1f) - 1) & 3;
}
