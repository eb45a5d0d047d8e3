const CONTROL = 0x04;
const STATUS = 0x06;
const CAPACITY = 0x08;
const ALLOCATION = 0x0c;
const ENABLE = 1;
const RESET = 2;
const RESPONSE_FAILURE = 1;
const UNEXPECTED_INDEX = 2;
const STOPPED = 1 << 8;
const RESPONSE_PASID_REQUIRED = 1 << 15;
/** Page Request Interface, extended capability 13h, with its capacity of outstanding requests. */
export function priCapability(at, capacity) {
    return {
        kind: "extended",
        id: 0x13,
        at,
        fields: [
            { at: CONTROL, size: 2, value: 0, writable: ENABLE | RESET },
            {
                at: STATUS,
                size: 2,
                value: STOPPED | RESPONSE_PASID_REQUIRED,
                writeOneToClear: RESPONSE_FAILURE | UNEXPECTED_INDEX,
            },
            { at: CAPACITY, size: 4, value: capacity },
            { at: ALLOCATION, size: 4, value: 0, writable: 0xffff_ffff },
        ],
    };
}
/** The registers of a PRI capability as the function sees them. */
export class PriControl {
    #config;
    #at;
    constructor(config, at) {
        this.#config = config;
        this.#at = at;
    }
    get enabled() {
        return (this.#config.get(this.#at + CONTROL, 2) & ENABLE) !== 0;
    }
    get capacity() {
        return this.#config.get(this.#at + CAPACITY, 4);
    }
    /** What software granted, never more than the capacity. */
    get allocation() {
        return Math.min(this.#config.get(this.#at + ALLOCATION, 4), this.capacity);
    }
    get responseFailure() {
        return (this.#config.get(this.#at + STATUS, 2) & RESPONSE_FAILURE) !== 0;
    }
    get stopped() {
        return (this.#config.get(this.#at + STATUS, 2) & STOPPED) !== 0;
    }
    /** The function received a Response Failure: it disables the interface itself. */
    fail() {
        this.#config.change(this.#at + STATUS, 2, { set: RESPONSE_FAILURE });
        this.#config.change(this.#at + CONTROL, 2, { clear: ENABLE });
    }
    reportUnexpectedIndex() {
        this.#config.change(this.#at + STATUS, 2, { set: UNEXPECTED_INDEX });
    }
    /** Stopped is 1 only while the interface is disabled and nothing is outstanding. */
    showOutstanding(outstanding) {
        const stopped = !this.enabled && !outstanding;
        this.#config.change(this.#at + STATUS, 2, stopped ? { set: STOPPED } : { clear: STOPPED });
    }
    /** Calls `listener` after software wrote the control register; `reset` if it asked for a reset. */
    onControlWrite(listener) {
        const at = this.#at + CONTROL;
        this.#config.watch(at, 2, () => {
            const asked = (this.#config.get(at, 2) & RESET) !== 0;
            this.#config.change(at, 2, { clear: RESET });
            listener({ reset: asked && !this.enabled });
        });
    }
}
