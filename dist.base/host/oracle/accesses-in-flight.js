/** Accesses that have been translated and whose data has not moved yet. */
export class AccessesInFlight {
    #accesses = new Set();
    #drains = [];
    #nextToken = 1;
    begin() {
        const token = this.#nextToken++;
        this.#accesses.add(token);
        return token;
    }
    /** Accesses must still end for some drain, also for one whose command was taken back. */
    get draining() {
        return this.#drains.length > 0;
    }
    end(token) {
        if (!this.#accesses.delete(token)) {
            throw new RangeError(`token ${token}: expected the token of an access in flight`);
        }
        for (const drain of this.#drains)
            drain.tokens.delete(token);
        const finished = this.#drains.filter(({ tokens }) => tokens.size === 0);
        this.#drains = this.#drains.filter(({ tokens }) => tokens.size !== 0);
        for (const drain of finished)
            if (!drain.cancelled)
                drain.done();
    }
    /** Calls `done` when the accesses have ended that are in flight now: at once if there are none. */
    drain(done) {
        const tokens = new Set(this.#accesses);
        const drain = { tokens, done, cancelled: false };
        if (tokens.size === 0)
            done();
        else
            this.#drains.push(drain);
        return drain;
    }
    /** A reset of the unit: it knows of no access any more, and nothing waits. */
    forget() {
        this.#accesses.clear();
        this.#drains = [];
    }
}
