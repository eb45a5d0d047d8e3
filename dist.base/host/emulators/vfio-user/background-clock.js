/** Ticks of one turn; after that the sockets get theirs. */
const TICKS_PER_TURN = 256;
/**
 * Who advances the clock of the unit and its endpoints beside a QEMU that runs on its own: ticks while there
 * is something to do, in turns between messages; and when nothing but a deadline is left and no
 * message came for `patience` milliseconds, the clock jumps to it.
 */
export class BackgroundClock {
    #parts;
    #patience;
    #turn;
    #idle;
    constructor(parts, patience = 100) {
        this.#parts = parts;
        this.#patience = patience;
    }
    /** Something happened: there may be work. */
    wake() {
        clearTimeout(this.#idle);
        this.#idle = undefined;
        this.#turn ??= setImmediate(() => {
            this.#run();
        });
    }
    stop() {
        clearImmediate(this.#turn);
        clearTimeout(this.#idle);
        this.#turn = undefined;
        this.#idle = undefined;
    }
    #run() {
        this.#turn = undefined;
        for (let ticks = 0; ticks < TICKS_PER_TURN; ticks++) {
            if (!this.#parts.busy()) {
                this.#rest();
                return;
            }
            this.#parts.tick();
        }
        this.wake();
    }
    #rest() {
        this.#idle = setTimeout(() => {
            if (this.#parts.skipToDeadline())
                this.wake();
        }, this.#patience);
        this.#idle.unref();
    }
}
