const ITAGS = 32;
/** ITags of device-TLB invalidations, and their time-outs (§4.1.4, §6.5.2.11). */
export class DeviceTlbRequests {
    #timeout;
    #outstanding = [];
    #nextTag = 0;
    #now = 0n;
    /** `timeout` in ticks, at least 1. */
    constructor(timeout) {
        if (timeout < 1n) {
            throw new RangeError(`invalidationTimeout ${timeout.toString()}: expected at least 1 tick`);
        }
        this.#timeout = timeout;
    }
    get outstanding() {
        return this.#outstanding.length;
    }
    /** When the next one times out, in ticks since the unit was made. */
    get nextDeadline() {
        // All have the same time to answer, so that the oldest is the first.
        return this.#outstanding[0]?.deadline;
    }
    /**
     * An ITag for a request that is sent now, the next free one in turn; undefined if all are in use, or
     * the function has enough to do.
     */
    begin(sourceId, throttle) {
        if (this.#outstanding.length === ITAGS)
            return undefined;
        const physicalFunction = throttle?.physicalFunction;
        if (throttle !== undefined) {
            const busy = this.#outstanding.filter((one) => one.physicalFunction === physicalFunction);
            if (busy.length >= throttle.limit)
                return undefined;
        }
        let itag = this.#nextTag;
        while (this.#outstanding.some((request) => request.itag === itag))
            itag = (itag + 1) % ITAGS;
        this.#nextTag = (itag + 1) % ITAGS;
        this.#outstanding.push({
            itag,
            sourceId,
            physicalFunction,
            deadline: this.#now + this.#timeout,
        });
        return itag;
    }
    /** False if no request with the ITag is outstanding for the device. */
    complete(sourceId, itag) {
        const others = this.#outstanding.filter((request) => request.itag !== itag || request.sourceId !== sourceId);
        const found = others.length !== this.#outstanding.length;
        this.#outstanding = others;
        return found;
    }
    /** Time passes up to the tick; the devices whose requests timed out, in order. */
    advanceTo(tick) {
        this.#now = tick;
        const late = this.#outstanding.filter(({ deadline }) => deadline <= tick);
        this.#outstanding = this.#outstanding.filter(({ deadline }) => deadline > tick);
        return late.map(({ sourceId }) => sourceId);
    }
    get now() {
        return this.#now;
    }
    /** A reset. Time goes on. */
    forget() {
        this.#outstanding = [];
        this.#nextTag = 0;
    }
}
