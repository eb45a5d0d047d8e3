/** The interrupt messages of a machine, kept in order until they are taken. */
export class InterruptLog {
    #pending = [];
    #listeners = new Set();
    /** Messages that nobody has taken yet, oldest first. */
    get pending() {
        return this.#pending;
    }
    /** Takes the pending messages out. */
    take() {
        const taken = this.#pending;
        this.#pending = [];
        return taken;
    }
    /** Calls `listener` for each message as it arrives; answers how to stop. */
    on(listener) {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }
    /** Puts pending messages in place; listeners are not called. */
    restore(pending) {
        this.#pending = [...pending];
    }
    /** A message arrives. */
    deliver(message) {
        this.#pending.push(message);
        for (const listener of [...this.#listeners])
            listener(message);
    }
}
