/** Messages on their way out, in order. */
export class Outbox {
    #listeners = {
        interrupt: new Set(),
        pageGroupResponse: new Set(),
        deviceTlbInvalidate: new Set(),
        fault: new Set(),
    };
    #waiting = [];
    #delivering = false;
    /** Answers a function that ends it. */
    on(event, listener) {
        this.#listeners[event].add(listener);
        return () => {
            this.#listeners[event].delete(listener);
        };
    }
    send(event, message) {
        this.#waiting.push(() => {
            for (const listener of [...this.#listeners[event]])
                listener(message);
        });
    }
    /** Hands out what waits. What a listener causes comes behind what is already on its way. */
    deliver() {
        if (this.#delivering)
            return;
        this.#delivering = true;
        try {
            for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
                next();
            }
        }
        finally {
            this.#delivering = false;
        }
    }
    /** Forgets what waits. */
    clear() {
        this.#waiting = [];
    }
}
