/** Registers that software sets for the whole device. */
export class Settings {
    manners = 0;
    groupSize = 4;
    retryLimit = 1024;
    retryDelay = 1;
    has(mannerBit) {
        return (this.manners & mannerBit) !== 0;
    }
    reset() {
        Object.assign(this, new Settings());
    }
}
/** Event counters as the registers show them. */
export class Counters {
    translationRequests = 0;
    tlbHits = 0;
    tlbEvictions = 0;
    pageRequestsSent = 0;
    responsesSuccess = 0;
    responsesInvalid = 0;
    responsesFailure = 0;
    stopMarkersSent = 0;
    unexpectedResponses = 0;
    invalidationsReceived = 0;
    invalidationsAnswered = 0;
    interruptsSent = 0;
    bytesRead = 0n;
    bytesWritten = 0n;
    translatedRequests = 0;
    untranslatedRequests = 0;
    /** Before the last reset, which the registers forget. */
    earlierBytesRead = 0n;
    earlierBytesWritten = 0n;
    /** Bytes since the device was made. */
    get allBytesRead() {
        return this.earlierBytesRead + this.bytesRead;
    }
    get allBytesWritten() {
        return this.earlierBytesWritten + this.bytesWritten;
    }
    reset() {
        const { allBytesRead: earlierBytesRead, allBytesWritten: earlierBytesWritten } = this;
        Object.assign(this, new Counters(), { earlierBytesRead, earlierBytesWritten });
    }
}
/** ATS as the device uses it: a translation request answered UR makes it give up. */
export class AtsUse {
    #control;
    gaveUp = false;
    constructor(control) {
        this.#control = control;
    }
    get enabled() {
        return this.#control.enabled;
    }
    get active() {
        return this.enabled && !this.gaveUp;
    }
}
