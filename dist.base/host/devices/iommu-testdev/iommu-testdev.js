import { ARM, attributes, PATTERN, reg, result, space } from "./registers.js";
const PAGE = 4096n;
const LOW = 0xffffffffn;
/** Registers after power-on. */
function atRest() {
    return {
        iova: 0n,
        gpa: 0n,
        length: 0,
        attributes: space.nonSecure << attributes.spaceShift,
        result: result.idle,
        armed: false,
    };
}
/** The test device of docs/iommu-testdev.md: one write through the remapping unit, and its check. */
export class IommuTestdev {
    /** Everything happens while the trigger is read. */
    busy = false;
    shape = "iommu-testdev";
    #ports;
    #state = atRest();
    constructor(ports) {
        this.#ports = ports;
    }
    readBar(_bar, offset, size) {
        if (size !== 4 || offset % 4 !== 0)
            return BigInt.asUintN(8 * size, -1n);
        return BigInt(this.#read(offset) >>> 0);
    }
    writeBar(_bar, offset, size, value) {
        if (size === 4 && offset % 4 === 0)
            this.#write(offset, value & LOW);
    }
    tick() {
        // Nothing takes time.
    }
    reset() {
        this.#state = atRest();
    }
    snapshot() {
        return { ...this.#state };
    }
    restore(state) {
        this.#state = { ...state };
    }
    pageGroupResponse() {
        // The device never asks for pages.
    }
    deviceTlbInvalidate() {
        // The device has no ATS: nobody hears the request, and nobody answers it.
    }
    #read(offset) {
        const state = this.#state;
        switch (offset) {
            case reg.trigger:
                state.result = this.#run();
                return 0;
            case reg.iovaLow:
                return Number(state.iova & LOW);
            case reg.iovaHigh:
                return Number(state.iova >> 32n);
            case reg.gpaLow:
                return Number(state.gpa & LOW);
            case reg.gpaHigh:
                return Number(state.gpa >> 32n);
            case reg.length:
                return state.length;
            case reg.result:
                return state.result;
            case reg.attributes:
                return state.attributes;
            default:
                return 0;
        }
    }
    #write(offset, value) {
        const state = this.#state;
        switch (offset) {
            case reg.iovaLow:
                state.iova = (state.iova & ~LOW) | value;
                break;
            case reg.iovaHigh:
                state.iova = (state.iova & LOW) | (value << 32n);
                break;
            case reg.gpaLow:
                state.gpa = (state.gpa & ~LOW) | value;
                break;
            case reg.gpaHigh:
                state.gpa = (state.gpa & LOW) | (value << 32n);
                break;
            case reg.length:
                state.length = Number(value);
                break;
            case reg.result:
                state.result = Number(value);
                break;
            case reg.doorbell:
                state.armed = (Number(value) & ARM) !== 0;
                state.result = state.armed ? result.armed : result.idle;
                break;
            case reg.attributes:
                state.attributes = Number(value);
                break;
        }
    }
    #run() {
        const { armed, length } = this.#state;
        if (!armed)
            return result.notArmed;
        this.#state.armed = false;
        if (length === 0)
            return result.badLength;
        if (!this.#attributesAgree())
            return result.badAttributes;
        return this.#writePattern() ?? this.#readBack();
    }
    /** Secure and non-secure space go with the secure bit; the other spaces with either. */
    #attributesAgree() {
        const word = this.#state.attributes;
        if ((word & attributes.spaceValid) === 0)
            return true;
        const named = (word >>> attributes.spaceShift) & attributes.spaceMask;
        if (named > space.nonSecure)
            return true;
        return (named === space.secure) === ((word & attributes.secure) !== 0);
    }
    #writePattern() {
        for (const { address, bytes } of pieces(this.#state.iova, this.#state.length)) {
            if (this.#ports.dma.write(address, bytes).status !== "ok")
                return result.dmaFailed;
        }
        return undefined;
    }
    #readBack() {
        for (const { address, bytes } of pieces(this.#state.gpa, this.#state.length)) {
            const found = this.#ports.physicalMemory.tryReadBytes(address, bytes.length);
            if (!found)
                return result.readBackFailed;
            if (found.some((byte, index) => byte !== bytes[index]))
                return result.mismatch;
        }
        return result.ok;
    }
}
/** The pattern from `start` on, page by page. */
function* pieces(start, length) {
    for (let done = 0; done < length;) {
        const address = BigInt.asUintN(64, start + BigInt(done));
        const count = Math.min(Number(PAGE - (address & (PAGE - 1n))), length - done);
        yield { address, bytes: patternFrom(done, count) };
        done += count;
    }
}
function patternFrom(offset, length) {
    return Uint8Array.from({ length }, (_, i) => (PATTERN >>> (8 * ((offset + i) % 4))) & 0xff);
}
