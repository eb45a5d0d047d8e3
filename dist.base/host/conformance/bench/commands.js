/** Bits of GSTS that software carries into the next command (§11.4.4.1). */
const CARRIED = 0x96ffffffn;
const bits = { TE: 31, SRTP: 30, WBF: 27, QIE: 26, IRE: 25, SIRTP: 24, CFI: 23 };
const statusOf = {
    TE: "TES",
    SRTP: "RTPS",
    WBF: "WBFS",
    QIE: "QIES",
    IRE: "IRES",
    SIRTP: "IRTPS",
    CFI: "CFIS",
};
/** Commands of GCMD_REG, submitted as §11.4.4.1 has software do it. */
export class GlobalCommands {
    #registers;
    constructor(registers) {
        this.#registers = registers;
    }
    /** Writes GCMD with one command changed, and the other states as they are. */
    async submit(command, on = true) {
        const bit = 1n << BigInt(bits[command]);
        const kept = (await this.#registers.read("GSTS")) & CARRIED;
        await this.#registers.write("GCMD", on ? kept | bit : kept & ~bit);
    }
    /** Submits, and reads GSTS until it confirms. */
    async command(command, on = true) {
        await this.submit(command, on);
        const confirmed = command === "WBF" ? false : on;
        await this.#registers.waitFor("GSTS", { [statusOf[command]]: confirmed });
    }
    /** RTADDR, and Set Root Table Pointer. */
    async setRoot(rootTableAddress) {
        await this.#registers.write("RTADDR", rootTableAddress);
        await this.command("SRTP");
    }
    /** IRTA, and Set Interrupt Remapping Table Pointer. */
    async setInterruptTable(tableAddress) {
        await this.#registers.write("IRTA", tableAddress);
        await this.command("SIRTP");
    }
}
