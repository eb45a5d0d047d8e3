import { maskOf } from "./bit-fields.js";
import { widestAddressWidth } from "./capabilities.js";
import { conditionOf } from "./fault-conditions.js";
const TYPE_BITS = {
    write: { t1: false, t2: false },
    page: { t1: false, t2: true },
    read: { t1: true, t2: false },
    atomic: { t1: true, t2: true },
};
const ADDRESS_TYPE = {
    untranslated: 0,
    translation: 1,
    translated: 2,
    "page-request": 0,
};
/** What the unit writes into a record for a request that met the condition. */
export function describeFault(unit, request, condition) {
    const pasidPresent = request.pasid !== undefined && unit.PASID;
    return {
        reason: conditionOf(condition).reason,
        sourceId: request.sourceId,
        address: condition === "IR.29" ? 0n : request.address & maskOf(widestAddressWidth(unit) - 1, 12),
        ...TYPE_BITS[request.access],
        addressType: unit.DT ? ADDRESS_TYPE[request.kind] : 0,
        pasidPresent,
        pasid: pasidPresent ? (request.pasid ?? 0) : 0,
        execute: pasidPresent && request.access === "read" && request.execute,
        privileged: pasidPresent && request.privileged,
    };
}
/**
 * Primary fault logging (§7.2.1): the fault recording registers, the index of the next one, and the
 * fields PPF, FRI and PFO of the fault status register.
 */
export class FaultRecorder {
    #records;
    #collapse;
    #next = 0;
    #firstPending = 0;
    #overflow = false;
    /**
     * `count` registers, 1 to 256. With `collapse` a fault is not recorded while one of the same
     * source-id is pending.
     */
    constructor(count, collapse) {
        if (!Number.isInteger(count) || count < 1 || count > 256) {
            throw new RangeError(`${count} fault recording registers: expected 1 to 256`);
        }
        this.#records = new Array(count).fill(undefined);
        this.#collapse = collapse;
    }
    /** The registers in order; undefined where F is clear. */
    get records() {
        return [...this.#records];
    }
    /** PPF: some F is set. */
    get pending() {
        return this.#records.some((record) => record !== undefined);
    }
    /** FRI: the register that was written when PPF became set. Meaningful only while faults are pending. */
    get firstPendingIndex() {
        return this.#firstPending;
    }
    /** PFO. */
    get overflow() {
        return this.#overflow;
    }
    /** The register that takes the next fault. */
    get nextIndex() {
        return this.#next;
    }
    /** Logs a fault, and says what became of it. */
    record(fault) {
        if (this.#overflow)
            return "overflow";
        if (this.#collapse && this.#records.some((record) => record?.sourceId === fault.sourceId)) {
            return "collapsed";
        }
        if (this.#records[this.#next] !== undefined) {
            this.#overflow = true;
            return "overflow";
        }
        if (!this.pending)
            this.#firstPending = this.#next;
        this.#records[this.#next] = fault;
        this.#next = (this.#next + 1) % this.#records.length;
        return "recorded";
    }
    /** Software writes 1 to F of a register. */
    clearFault(index) {
        if (!Number.isInteger(index) || index < 0 || index >= this.#records.length) {
            throw new RangeError(`fault recording register ${index}: expected 0 to ${this.#records.length - 1}`);
        }
        this.#records[index] = undefined;
    }
    /** Software writes 1 to PFO. */
    clearOverflow() {
        this.#overflow = false;
    }
    /** A power-good reset: no records, no overflow. */
    clear() {
        this.#records.fill(undefined);
        this.#overflow = false;
        this.#firstPending = 0;
        this.#next = 0;
    }
    /** The index returns to 0 when DMA and interrupt remapping are both disabled. */
    resetIndex() {
        this.#next = 0;
    }
}
