import { bitIsSet, bitRange } from "./bit-fields.js";
import { drains } from "./drain-flags.js";
const REFUSED = 0n;
const PAGE = 3n;
/**
 * CCMD_REG and IOTLB_REG (§6.5.1, §11.4.6). There is nothing to invalidate: what remains is whether the
 * command is served, and that it drains. Served is what was asked for, never more.
 */
export class RegisterBasedInvalidation {
    #unit;
    #registers;
    #inFlight;
    constructor(unit, registers, inFlight) {
        this.#unit = unit;
        this.#registers = registers;
        this.#inFlight = inFlight;
    }
    /** The byte with ICC or IVT starts the command. `legacyMode`: TTM = 00b as latched. */
    written({ mnemonic, covered, written }, legacyMode) {
        if (!bitIsSet(covered & written, 63))
            return;
        const served = legacyMode && this.#unit.majorVersion < 6;
        if (mnemonic === "CCMD")
            this.#contextCache(served);
        else
            this.#iotlb(served);
    }
    #contextCache(served) {
        const asked = this.#registers.field("CCMD", "CIRG");
        this.#registers.setField("CCMD", "CAIG", served ? asked : REFUSED);
        this.#registers.setField("CCMD", "ICC", false);
    }
    #iotlb(served) {
        const asked = this.#registers.field("IOTLB", "IIRG");
        const performed = served && (asked !== PAGE || this.#knowsPages()) ? asked : REFUSED;
        const value = this.#registers.value("IOTLB");
        const flags = { reads: bitIsSet(value, 49), writes: bitIsSet(value, 48) };
        this.#registers.setField("IOTLB", "IAIG", performed);
        const finish = () => {
            this.#registers.setField("IOTLB", "IVT", false);
        };
        if (performed !== REFUSED && drains(this.#unit, flags))
            this.#inFlight.drain(finish);
        else
            finish();
    }
    #knowsPages() {
        const mask = Number(bitRange(this.#registers.value("IVA"), 5, 0));
        return this.#unit.PSI && mask <= this.#unit.MAMV;
    }
}
