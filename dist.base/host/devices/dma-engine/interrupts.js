/** INTR_STATUS, INTR_MASK and the enable: one message each time an enabled bit becomes set. */
export class InterruptStatus {
    #msi;
    #status = 0;
    #mask = 0;
    #enabled = false;
    #shown = 0;
    constructor(msi) {
        this.#msi = msi;
    }
    get status() {
        return this.#status;
    }
    get mask() {
        return this.#mask;
    }
    get enabled() {
        return this.#enabled;
    }
    raise(bits) {
        this.#status |= bits;
        this.#update();
    }
    clear(bits) {
        this.#status &= ~bits;
        this.#update();
    }
    setMask(mask) {
        this.#mask = mask;
        this.#update();
    }
    setEnabled(enabled) {
        this.#enabled = enabled;
        this.#update();
    }
    reset() {
        this.#status = 0;
        this.#mask = 0;
        this.#enabled = false;
        this.#shown = 0;
    }
    snapshot() {
        const [status, mask, enabled, shown] = [this.#status, this.#mask, this.#enabled, this.#shown];
        return { status, mask, enabled, shown };
    }
    restore({ status, mask, enabled, shown }) {
        this.#status = status;
        this.#mask = mask;
        this.#enabled = enabled;
        this.#shown = shown;
    }
    #update() {
        const shown = this.#enabled ? this.#status & this.#mask : 0;
        const risen = shown & ~this.#shown;
        this.#shown = shown;
        if (risen !== 0)
            this.#msi.raise();
    }
}
