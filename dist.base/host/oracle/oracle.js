import { decodeCapabilities } from "./capabilities.js";
import { FaultRecorder } from "./fault-recording.js";
import { Inquiry } from "./inquiry.js";
import { fromMemoryRequest, fromPageRequest, fromTranslatedRequest, fromTranslationRequest, withoutPrefix, } from "./oracle-request.js";
import { RESET_STATE } from "./oracle-state.js";
import { authorise } from "./page-requests.js";
import { handleTranslatedRequest } from "./translated-requests.js";
import { handleTranslationRequest } from "./translation-requests.js";
import { handleUntranslated } from "./untranslated-requests.js";
/**
 * Translation and its faults as the manual describes them, in its order and without any cache: every
 * request reads every entry from memory again. It is made to judge a fast unit, not to be one.
 * Interrupt remapping, host permission tables and the queues are outside of it.
 */
export class Oracle {
    /** Fault recording registers. */
    faults;
    #memory;
    #unit;
    #state = RESET_STATE;
    #steps = [];
    /** Throws a RangeError for capabilities that the oracle does not model. */
    constructor(options) {
        this.#memory = options.memory;
        this.#unit = decodeCapabilities(options);
        this.faults = new FaultRecorder(this.#unit.faultRecords, options.faultCollapse ?? true);
    }
    /** What software has made of the unit. Assign a new object to change it. */
    get state() {
        return this.#state;
    }
    set state(state) {
        const before = this.#state;
        this.#state = { ...state };
        if (isEnabled(before) && !isEnabled(state))
            this.faults.resetIndex();
    }
    /** The entries that the last request read, in order, with what was concluded from each. */
    get steps() {
        return this.#steps;
    }
    /** An untranslated memory request. */
    translate(request) {
        const normal = fromMemoryRequest(request);
        const seen = this.#state.translationEnabled ? normal : withoutPrefix(normal);
        return this.#process(seen, (inquiry) => handleUntranslated(inquiry, this.#state, this.faults));
    }
    /** An ATS translation request for one translation. */
    requestTranslation(request) {
        return this.#process(fromTranslationRequest(request), (inquiry) => handleTranslationRequest(inquiry, this.#state, this.faults));
    }
    /** A memory request with a translated address. */
    translateTranslated(request) {
        return this.#process(fromTranslatedRequest(request), (inquiry) => handleTranslatedRequest(inquiry, this.#state, this.faults));
    }
    /** Whether a page request may be queued; a refusal is logged, except for a stop marker. */
    authorisePageRequest(request) {
        return this.#process(fromPageRequest(request), (inquiry) => authorise(inquiry, request, this.#state, this.faults));
    }
    #process(request, handle) {
        const inquiry = new Inquiry(this.#unit, this.#memory, request);
        try {
            return handle(inquiry);
        }
        finally {
            this.#steps = inquiry.steps;
        }
    }
}
/** DMA or interrupt remapping is on. */
function isEnabled({ translationEnabled, interruptRemappingEnabled }) {
    return translationEnabled || interruptRemappingEnabled;
}
