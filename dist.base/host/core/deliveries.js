import { drainOutbox } from "./outbox.js";
/**
 * Carries messages from the core's outbox to the listeners, in order. A listener may call the unit:
 * what that causes is delivered behind what is on its way.
 */
export class Deliveries {
    #core;
    #listeners = new Map();
    #queue = [];
    #delivering = false;
    constructor(core) {
        this.#core = core;
    }
    /** Calls `listener` for each event of a kind; answers a function that ends that. */
    on(kind, listener) {
        let listeners = this.#listeners.get(kind);
        if (listeners === undefined) {
            listeners = new Set();
            this.#listeners.set(kind, listeners);
        }
        listeners.add(listener);
        return () => listeners.delete(listener);
    }
    /** Messages are on their way: a listener is running, or one threw and left some behind. */
    get underWay() {
        return this.#delivering || this.#queue.length > 0;
    }
    /** A listener is running. */
    get delivering() {
        return this.#delivering;
    }
    /** Forgets messages that a listener's exception left behind. */
    forget() {
        this.#queue.length = 0;
    }
    /** Puts a message of the host's own behind those on their way. */
    add(message) {
        this.#queue.push(message);
    }
    /** Empties the outbox, lets the core go on with what a full one had stopped, and calls the listeners. */
    deliver() {
        this.#queue.push(...drainOutbox(this.#core));
        while (this.#core.moreWork) {
            this.#core.exports.resume();
            this.#queue.push(...drainOutbox(this.#core));
        }
        if (this.#delivering)
            return;
        this.#delivering = true;
        try {
            for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
                const [kind, event] = next;
                for (const listener of [...(this.#listeners.get(kind) ?? [])])
                    listener(event);
            }
        }
        finally {
            this.#delivering = false;
        }
    }
}
