/**
 * One of the unit's own messages with its mask and pending bit (§7.3, §6.5.2.10, §7.5 use the same
 * words). Whether a condition is a new one is for the caller to say. Never remapped (§5.1.6).
 */
export class EventInterface {
    #registers;
    #prefix;
    #outbox;
    constructor(registers, prefix, outbox) {
        this.#registers = registers;
        this.#prefix = prefix;
        this.#outbox = outbox;
    }
    /** A condition came up, and none was pending. */
    raise() {
        this.#registers.setField(this.#name("CTL"), "IP", true);
        this.sendIfUnmasked();
    }
    /** Also after software wrote the mask. */
    sendIfUnmasked() {
        const control = this.#name("CTL");
        if (!this.#registers.flag(control, "IP") || this.#registers.flag(control, "IM"))
            return;
        this.#registers.setField(control, "IP", false);
        const upper = this.#registers.value(this.#name("UADDR"));
        this.#outbox.send("interrupt", {
            address: (upper << 32n) | this.#registers.value(this.#name("ADDR")),
            data: Number(this.#registers.value(this.#name("DATA"))),
        });
    }
    /** Software has cleared every status bit that the event stands for. */
    serviced() {
        this.#registers.setField(this.#name("CTL"), "IP", false);
    }
    #name(suffix) {
        return `${this.#prefix}${suffix}`;
    }
}
