/** 32-bit words of v86's local APIC, a layout that v86 asserts because its own state images use it. */
const APIC = {
    words: 46,
    id: 0,
    irr: 16,
    tmr: 32,
    spuriousVector: 40,
    destinationFormat: 41,
    logicalDestination: 42,
};
const SOFTWARE_ENABLE = 0x100;
const FLAT_MODEL = 0xf;
const BROADCAST = 0xff;
/**
 * Delivers messages to the local APIC of v86's CPU.
 *
 * v86 has no path for messages: the vector's request bit is set in the APIC itself. Doing more is
 * allowed only while no guest code runs. Translated code keeps its instruction pointer in a local, so
 * an interrupt that is dispatched under it is lost, and the guest stays deaf. v86 looks at the request
 * bits by itself after every block of about 100,000 instructions, and when interrupts are turned on.
 */
export class InterruptDelivery {
    #cpu;
    #guestRuns;
    #apic;
    /** Messages that became a request of the local APIC. */
    delivered = 0;
    /** @param guestRuns true while v86 is inside guest code or about to look at requests itself. */
    constructor(cpu, guestRuns) {
        this.#cpu = cpu;
        this.#guestRuns = guestRuns;
        this.#apic = this.#newView();
    }
    /** Undefined if the message was delivered. */
    deliver(message) {
        const apic = this.#registers();
        const lost = whyLost(message, apic);
        if (lost !== undefined)
            return lost;
        const vector = message.data & 0xff;
        setBit(apic, APIC.irr, vector, true);
        setBit(apic, APIC.tmr, vector, false);
        this.delivered += 1;
        if (!this.#guestRuns()) {
            this.#cpu.handle_irqs();
            this.#cpu.stop_idling();
        }
        return undefined;
    }
    /** v86 may grow its memory at any time, which detaches every view of it. */
    #registers() {
        if (this.#apic.buffer.byteLength === 0)
            this.#apic = this.#newView();
        return this.#apic;
    }
    #newView() {
        return new Uint32Array(this.#cpu.wasm_memory.buffer, this.#cpu.get_apic_addr(), APIC.words);
    }
}
function whyLost(message, apic) {
    const low = BigInt.asUintN(40, message.address);
    if (low >> 20n !== 0xfeen)
        return "not an interrupt address";
    if ((word(apic, APIC.spuriousVector) & SOFTWARE_ENABLE) === 0)
        return "the local APIC is disabled";
    // Bits 63:40 have the rest of an x2APIC destination; this APIC has 8 bits.
    if (low !== message.address || !isAddressed(Number(low), apic))
        return "no CPU has this destination";
    if (((message.data >> 8) & 7) > 1)
        return "delivery mode other than fixed and lowest priority";
    if ((message.data & 0xff) < 16)
        return "vector below 16";
    return undefined;
}
/** Bit 2 of the address tells whether the destination is a physical or a logical one. */
function isAddressed(address, apic) {
    const destination = (address >>> 12) & 0xff;
    if (destination === BROADCAST)
        return true;
    if ((address & 4) === 0)
        return destination === word(apic, APIC.id) >>> 24;
    const logical = word(apic, APIC.logicalDestination) >>> 24;
    if (word(apic, APIC.destinationFormat) >>> 28 === FLAT_MODEL)
        return (destination & logical) !== 0;
    return destination >> 4 === logical >> 4 && (destination & logical & 0xf) !== 0;
}
function word(apic, index) {
    return apic[index] ?? 0;
}
function setBit(apic, first, bit, value) {
    const index = first + (bit >> 5);
    const mask = 1 << (bit & 31);
    apic[index] = value ? word(apic, index) | mask : word(apic, index) & ~mask;
}
