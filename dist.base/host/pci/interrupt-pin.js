import { header } from "./header.js";
const INTERRUPT_STATUS = 1 << 3;
const INTX_DISABLE = 1 << 10;
/**
 * The interrupt pin (INTx) of a function. The status register shows the level that the device gives
 * it; Interrupt Disable in the command register keeps it from the outside.
 */
export class InterruptPin {
    #config;
    #changed;
    #asserted = false;
    /** `changed` is called whenever the outside sees another level. */
    constructor(config, changed) {
        this.#config = config;
        this.#changed = changed;
        config.watch(header.command, 2, () => {
            this.#show();
        });
    }
    /** What the outside sees. */
    get asserted() {
        return this.#asserted;
    }
    /** The device asserts or deasserts the pin. */
    set(level) {
        const bits = level ? { set: INTERRUPT_STATUS } : { clear: INTERRUPT_STATUS };
        this.#config.change(header.status, 2, bits);
        this.#show();
    }
    /** Configuration space was restored: the outside sees the level that it tells, without a change. */
    restore() {
        this.#asserted = this.#level;
    }
    #show() {
        const asserted = this.#level;
        if (asserted === this.#asserted)
            return;
        this.#asserted = asserted;
        this.#changed(asserted);
    }
    get #level() {
        const level = (this.#config.get(header.status, 2) & INTERRUPT_STATUS) !== 0;
        const disabled = (this.#config.get(header.command, 2) & INTX_DISABLE) !== 0;
        return level && !disabled;
    }
}
