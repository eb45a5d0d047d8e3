import { findExtendedCapability } from "./capability.js";
const ATS = 0x000f;
const CONTROL = 0x06;
const ENABLE = 1 << 15;
const PAGE_ALIGNED_REQUEST = 1 << 5;
const GLOBAL_INVALIDATE = 1 << 6;
/** Address Translation Services, extended capability 0Fh; invalidate queue depth 32. */
export function atsCapability(at) {
    return {
        kind: "extended",
        id: ATS,
        at,
        fields: [
            { at: 0x04, size: 2, value: PAGE_ALIGNED_REQUEST | GLOBAL_INVALIDATE },
            { at: CONTROL, size: 2, value: 0, writable: ENABLE | 0x1f },
        ],
    };
}
/** Whether a function has the capability. */
export function hasAts(config) {
    return findExtendedCapability(config, ATS) !== undefined;
}
/** The control register of an ATS capability as the function sees it. */
export class AtsControl {
    #config;
    #at;
    #wasEnabled;
    constructor(config, at) {
        this.#config = config;
        this.#at = at + CONTROL;
        this.#wasEnabled = this.enabled;
    }
    get enabled() {
        return (this.#config.get(this.#at, 2) & ENABLE) !== 0;
    }
    /** Calls `listener` when software has changed Enable. */
    onChange(listener) {
        this.#config.watch(this.#at, 2, () => {
            const changed = this.enabled !== this.#wasEnabled;
            this.#wasEnabled = this.enabled;
            if (changed)
                listener();
        });
    }
    /** Configuration space was reset or restored: that is no change. */
    forgetChange() {
        this.#wasEnabled = this.enabled;
    }
}
