/** Another agent changed an entry between its fetch and the update of its flags. */
export const ENTRY_CHANGED = "entry changed";
/** Every value that the chapters hand on is an object, and every reason to stop a string. */
export function isStop(outcome) {
    return typeof outcome === "string";
}
/** One request on its way through the tables: what it may read, and what it has met so far. */
export class Inquiry {
    unit;
    request;
    /** True once an entry with Fault Processing Disable was met (§7.1.1). */
    faultProcessingDisabled = false;
    #memory;
    #steps = [];
    constructor(unit, memory, request) {
        this.unit = unit;
        this.#memory = memory;
        this.request = request;
    }
    get steps() {
        return this.#steps.map(({ step, conclusions }) => ({
            ...step,
            decision: conclusions.join("; "),
        }));
    }
    /**
     * Reads an entry of `words` 64-bit words. All words are read before anything is decided, and one
     * that fails makes the entry unreadable: hardware accesses an entry of up to 128 bits atomically,
     * and may do so with longer ones (§9).
     */
    fetch(structure, address, words, level) {
        let value = 0n;
        for (let word = 0n; word < BigInt(words) && value !== undefined; word++) {
            const bits = this.#memory.read64(address + 8n * word);
            value = bits === undefined ? undefined : value | (bits << (64n * word));
        }
        this.#steps.push({ step: { structure, level, address, value }, conclusions: [] });
        return value;
    }
    /** Stores flags atomically; the word found, or undefined if the access failed. */
    compareExchange(address, expected, replacement) {
        return this.#memory.compareExchange64(address, expected, replacement);
    }
    /** Adds a conclusion to the entry read last. */
    note(conclusion) {
        this.#steps.at(-1)?.conclusions.push(conclusion);
    }
    /** Ends the request with a fault condition, and says why. */
    stop(condition, why) {
        this.note(`${condition}: ${why}`);
        return condition;
    }
}
