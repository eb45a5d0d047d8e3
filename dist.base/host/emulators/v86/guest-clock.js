/** Ticks of one pause; after that the guest's other devices get their turn. */
const TICKS_PER_PAUSE = 4096;
/**
 * Who advances the clock of the unit and its endpoints in v86:
 *
 * 1. Every access of the guest to a register of the unit, to a window (BAR) of an endpoint or to its
 *    configuration space is followed by one tick.
 * 2. While the guest waits, ticks follow each other until a message-signalled interrupt is sent, or
 *    nothing is left to do. The guest waits when the CPU is halted, or when v86 has executed a whole
 *    block of about 100,000 instructions without an access of rule 1; it does not wait when an
 *    interrupt was sent that v86 has not looked at.
 * 3. If nothing is left to do and the unit has a deadline, the clock jumps to it.
 *
 * So what the unit and the endpoints do depends on the guest's accesses and waits alone.
 */
export class GuestClock {
    #parts;
    #accessed = false;
    #interrupted = false;
    constructor(parts) {
        this.#parts = parts;
    }
    /** The guest has accessed the unit or an endpoint (rule 1). */
    access() {
        this.#accessed = true;
        this.#parts.tick();
    }
    /** The unit or an endpoint has sent a message-signalled interrupt. */
    interrupt() {
        this.#interrupted = true;
    }
    snapshot() {
        return { accessed: this.#accessed, interrupted: this.#interrupted };
    }
    restore({ accessed, interrupted }) {
        this.#accessed = accessed;
        this.#interrupted = interrupted;
    }
    /** Between two blocks of guest code (rules 2 and 3). True if there is more to do. */
    pause(halted) {
        let more = halted || !this.#accessed;
        this.#accessed = false;
        for (let ticks = 0; more && !this.#interrupted && ticks < TICKS_PER_PAUSE; ticks++) {
            if (this.#parts.busy())
                this.#parts.tick();
            else
                more = this.#parts.skipToDeadline();
        }
        more ||= this.#interrupted;
        this.#interrupted = false;
        return more;
    }
}
