/** The event interfaces of §11.4, by the letters ahead of CTL, DATA, ADDR and UADDR. */
const interfaces = { fault: "FE", invalidation: "IE", "page-request": "PE" };
/** A message of each interface that no other has. */
export const EVENT_MESSAGES = {
    fault: { address: 0xfee0_1004, data: 0x41 },
    invalidation: { address: 0xfee0_2004, data: 0x52 },
    "page-request": { address: 0xfee0_3004, data: 0x63 },
};
/** Messages that leave the unit, and the registers that make it send some. */
export class UnitEvents {
    #channel;
    #registers;
    #kept = [];
    constructor(channel, registers) {
        this.#channel = channel;
        this.#registers = registers;
    }
    /** Name of the control register of an interface. */
    control(name) {
        return `${interfaces[name]}CTL`;
    }
    /** Programs the message of an interface, and takes its mask away. */
    async unmask(name, message = EVENT_MESSAGES[name]) {
        const prefix = interfaces[name];
        await this.#registers.write(`${prefix}DATA`, BigInt(message.data));
        await this.#registers.write(`${prefix}ADDR`, BigInt(message.address));
        await this.#registers.write(this.control(name), 0n);
    }
    /** Sets the mask of an interface. */
    async mask(name) {
        await this.#registers.write(this.control(name), { IM: 1 });
    }
    /** The interrupts since the last time, in order. */
    async interrupts() {
        this.#channel.require("interrupts");
        return this.#take("interrupt");
    }
    /** The page group responses since the last time, in order. */
    async responses() {
        this.#channel.require("pri");
        return this.#take("page-group-response");
    }
    /** The device-TLB invalidations since the last time, in order. */
    async invalidations() {
        this.#channel.require("device-tlb");
        return this.#take("device-tlb-invalidate");
    }
    /** Everything since the last time, in order. */
    async all() {
        await this.#fetch();
        return this.#kept.splice(0);
    }
    async #take(kind) {
        await this.#fetch();
        const taken = this.#kept.filter((event) => event.kind === kind);
        this.#kept = this.#kept.filter((event) => event.kind !== kind);
        return taken;
    }
    async #fetch() {
        this.#kept.push(...(await this.#channel.ask({ op: "take-events" })).events);
    }
}
