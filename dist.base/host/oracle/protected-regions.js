import { maskOf } from "./bit-fields.js";
/** Implementation choice P1: bits 19:0 of base and limit are decoded, not stored. */
const HIGHEST_DECODED_BIT = 19;
/** The protected low and high memory regions (§11.4.8). */
export class ProtectedRegions {
    #unit;
    #registers;
    #inFlight;
    #enabling;
    constructor(unit, registers, inFlight) {
        this.#unit = unit;
        this.#registers = registers;
        this.#inFlight = inFlight;
    }
    /**
     * Software wrote PMEN_REG. The regions block from here on; PRS follows when the requests have ended
     * that were in flight.
     */
    enableWritten() {
        if (this.#enabling !== undefined)
            this.#enabling.cancelled = true;
        this.#enabling = undefined;
        if (!this.#registers.flag("PMEN", "EPM")) {
            this.#registers.setField("PMEN", "PRS", false);
        }
        else if (!this.#registers.flag("PMEN", "PRS")) {
            this.#enabling = this.#inFlight.drain(() => {
                this.#registers.setField("PMEN", "PRS", true);
            });
        }
    }
    /** Units before major version 2 let remapped requests into the regions (§11.4.8.1). */
    blocks(address, remapped) {
        if (!this.#registers.has("PMEN") || !this.#registers.flag("PMEN", "EPM"))
            return false;
        if (remapped && this.#unit.majorVersion < 2)
            return false;
        const low = this.#unit.PLMR && this.#contains("PLM", address);
        const high = this.#unit.PHMR && this.#contains("PHM", address);
        return low || high;
    }
    /** The low bits of the base count as zeros, those of the limit as ones. */
    #contains(prefix, address) {
        const host = maskOf(this.#unit.HAW - 1, 0);
        const base = this.#registers.value(`${prefix}BASE`) & host;
        const limit = (this.#registers.value(`${prefix}LIMIT`) & host) | maskOf(HIGHEST_DECODED_BIT, 0);
        return address >= base && address <= limit;
    }
}
