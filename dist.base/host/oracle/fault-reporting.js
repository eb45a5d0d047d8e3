import { bitIsSet } from "./bit-fields.js";
const STATUS_BITS = ["PPF", "PFO", "IQE", "ICE", "ITE"];
const F = 127;
/** The fault status and fault recording registers, and the fault event (§7.2, §7.3, §11.4.7). */
export class FaultReporting {
    #registers;
    #recorder;
    #event;
    constructor(registers, recorder, event) {
        this.#registers = registers;
        this.#recorder = recorder;
        this.#event = event;
    }
    /** Shows in the registers what the recorder has taken, and raises the event if it is the first. */
    update() {
        const quiet = !this.#anyStatus();
        this.#recorder.records.forEach((fault, index) => {
            if (fault === undefined || this.#registers.flag("FRCD", "F", index))
                return;
            this.#registers.setValue("FRCD", recordOf(fault), index);
        });
        const { pending, overflow, firstPendingIndex } = this.#recorder;
        if (pending)
            this.#registers.setField("FSTS", "FRI", BigInt(firstPendingIndex));
        this.#registers.setField("FSTS", "PPF", pending);
        this.#registers.setField("FSTS", "PFO", overflow);
        if (quiet && pending)
            this.#event.raise();
    }
    /** An error of the invalidation queue. */
    raise(bit) {
        const quiet = !this.#anyStatus();
        this.#registers.setField("FSTS", bit, true);
        if (quiet)
            this.#event.raise();
    }
    /** Software wrote the fault status register or a fault recording register. */
    written({ mnemonic, index, cleared }) {
        if (mnemonic === "FRCD" && bitIsSet(cleared, F)) {
            this.#recorder.clearFault(index);
            this.#registers.setField("FSTS", "PPF", this.#recorder.pending);
        }
        if (mnemonic === "FSTS" && !this.#registers.flag("FSTS", "PFO"))
            this.#recorder.clearOverflow();
        if (!this.#anyStatus())
            this.#event.serviced();
    }
    #anyStatus() {
        return STATUS_BITS.some((bit) => this.#registers.flag("FSTS", bit));
    }
}
/** A fault recording register, bit 127 down (§11.4.7.6). */
function recordOf(fault) {
    const flag = (set, position) => BigInt(set) << BigInt(position);
    const number = (value, low) => BigInt(value) << BigInt(low);
    return (flag(true, F) |
        flag(fault.t1, 126) |
        number(fault.addressType, 124) |
        number(fault.pasid, 104) |
        number(fault.reason, 96) |
        flag(fault.pasidPresent, 95) |
        flag(fault.execute, 94) |
        flag(fault.privileged, 93) |
        flag(fault.t2, 92) |
        number(fault.sourceId, 64) |
        fault.address);
}
