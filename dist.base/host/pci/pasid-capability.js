const CONTROL = 0x06;
const ENABLE = 1;
const EXECUTE = 2;
const PRIVILEGED = 4;
/** Process Address Space ID, extended capability 1Bh, of so many bits; execute and privileged mode. */
export function pasidCapability(at, bits = 20) {
    return {
        kind: "extended",
        id: 0x1b,
        at,
        fields: [
            { at: 0x04, size: 2, value: EXECUTE | PRIVILEGED | (bits << 8) },
            { at: CONTROL, size: 2, value: 0, writable: ENABLE | EXECUTE | PRIVILEGED },
        ],
    };
}
/** The control register of a PASID capability as the function sees it. */
export class PasidControl {
    #config;
    #at;
    constructor(config, at) {
        this.#config = config;
        this.#at = at + CONTROL;
    }
    /** Requests may carry a PASID. */
    get enabled() {
        return this.#has(ENABLE);
    }
    /** Requests with PASID may carry Execute Requested. */
    get executeEnabled() {
        return this.enabled && this.#has(EXECUTE);
    }
    /** Requests with PASID may carry Privileged Mode Requested. */
    get privilegedEnabled() {
        return this.enabled && this.#has(PRIVILEGED);
    }
    #has(bit) {
        return (this.#config.get(this.#at, 2) & bit) !== 0;
    }
}
