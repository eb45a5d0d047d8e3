import { bitIsSet, bitRange, exceedsWidth } from "./bit-fields.js";
import { interruptCondition, recordsIndex, } from "./interrupt-conditions.js";
import { attributesOf, messageOf } from "./interrupt-message.js";
import { post, postingOf } from "./interrupt-posting.js";
import { isInterruptAddress } from "./interrupt-range.js";
import { entryAddress, fetchEntry, isMisprogrammed, isPosted, sourceMatches, } from "./interrupt-table.js";
/** Interrupt requests on their way through the unit (§5.1.4, §5.2.3). No entry is cached. */
export class InterruptRemapping {
    #unit;
    #memory;
    #recorder;
    #notify;
    constructor(unit, memory, recorder, notify) {
        this.#unit = unit;
        this.#memory = memory;
        this.#recorder = recorder;
        this.#notify = notify;
    }
    /** Throws a RangeError for what is no interrupt request. */
    process(request, state) {
        requireInterruptRequest(request);
        const { address, data } = request;
        const unchanged = { status: "ok", address, data, remapped: false };
        if (!state.enabled) {
            return this.#unit.IRREQ ? this.#fault(request, "IR.2B") : unchanged;
        }
        const { extended } = state.table;
        if (this.#unit.EIMER && !extended)
            return this.#fault(request, "IR.2A");
        const compatibility = !bitIsSet(address, 4);
        if (compatibility) {
            const blocked = extended || !state.compatibilityFormat;
            return blocked ? this.#fault(request, "IR.25") : unchanged;
        }
        const index = indexOf(request);
        if (index === undefined)
            return this.#fault(request, "IR.20");
        return this.#throughTable(request, state.table, index);
    }
    #throughTable(request, table, index) {
        const fail = (name, disabled = false) => this.#fault(request, name, index, disabled);
        const at = entryAddress(table, index);
        if (index >= table.entries || exceedsWidth(at, this.#unit.HAW))
            return fail("IR.21");
        const entry = fetchEntry(this.#memory, at);
        if (entry === undefined)
            return fail("IR.23");
        const disabled = bitIsSet(entry, 1);
        if (!bitIsSet(entry, 0))
            return fail("IR.22", disabled);
        if (!sourceMatches(entry, request.sourceId))
            return fail("IR.26", disabled);
        if (isMisprogrammed(this.#unit, entry, table))
            return fail("IR.24", disabled);
        if (!isPosted(entry)) {
            const message = messageOf(attributesOf(entry, table.extended));
            return { status: "ok", ...message, remapped: true };
        }
        const outcome = post(this.#memory, postingOf(entry, table.extended));
        if (typeof outcome === "string")
            return fail(outcome, disabled);
        const { notification } = outcome;
        if (notification !== undefined)
            this.#notify(notification);
        return { status: "posted", notified: notification !== undefined };
    }
    /** `disabled`: Fault Processing Disable of the entry. */
    #fault({ sourceId }, name, index = 0, disabled = false) {
        const { reason, qualified } = interruptCondition(name);
        const fields = {
            reason,
            sourceId,
            address: recordsIndex(name) ? BigInt(index & 0xffff) << 48n : 0n,
            t1: false,
            t2: false,
            addressType: 0,
            pasidPresent: false,
            pasid: 0,
            execute: false,
            privileged: false,
        };
        const record = qualified && disabled ? "suppressed" : this.#recorder.record(fields);
        return { status: "fault", condition: name, reason, completion: "UR", record };
    }
}
/** The interrupt index of a remappable request; undefined if a reserved field is not zero (§5.1.3). */
function indexOf({ address, data }) {
    const handle = Number((bitRange(address, 2, 2) << 15n) | bitRange(address, 19, 5));
    const subhandleValid = bitIsSet(address, 3);
    if (!subhandleValid)
        return handle;
    return data > 0xffff ? undefined : handle + data;
}
function requireInterruptRequest({ sourceId, address, data }) {
    if (!Number.isInteger(sourceId) || sourceId < 0 || sourceId > 0xffff) {
        throw new RangeError(`sourceId ${sourceId}: expected a requester id of 16 bits`);
    }
    if (!isInterruptAddress(address) || address % 4n !== 0n) {
        throw new RangeError(`address ${address.toString(16)}h: expected a multiple of 4 from FEE00000h to FEEFFFFCh`);
    }
    if (!Number.isInteger(data) || data < 0 || data > 0xffff_ffff) {
        throw new RangeError(`data ${data}: expected 32 bits, not negative`);
    }
}
