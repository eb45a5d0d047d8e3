/** The memory request of one queue: begun in one tick, ended in the next. */
export class MemoryRequests {
    #dma;
    #counters;
    #transfer;
    constructor(dma, counters) {
        this.#dma = dma;
        this.#counters = counters;
    }
    /** A request has begun and not ended. */
    get inFlight() {
        return this.#transfer !== undefined;
    }
    begin(request) {
        if (request.translated)
            this.#counters.translatedRequests += 1;
        else
            this.#counters.untranslatedRequests += 1;
        this.#transfer = this.#dma.begin(request);
    }
    finishRead() {
        const result = this.#finish((transfer) => transfer.finishRead());
        if (result.status === "ok")
            this.#counters.bytesRead += BigInt(result.bytes.length);
        return result;
    }
    finishWrite(bytes) {
        const result = this.#finish((transfer) => transfer.finishWrite(bytes));
        if (result.status === "ok")
            this.#counters.bytesWritten += BigInt(bytes.length);
        return result;
    }
    finishFetchAdd(addend) {
        return this.#finish((transfer) => transfer.finishAtomic((old) => old + addend));
    }
    cancel() {
        this.#transfer?.cancel();
        this.#transfer = undefined;
    }
    snapshot() {
        return this.#transfer?.snapshot();
    }
    restore(state) {
        this.#transfer = state === undefined ? undefined : this.#dma.resume(state);
    }
    #finish(end) {
        if (this.#transfer === undefined)
            throw new Error("no memory request is in flight");
        try {
            return end(this.#transfer);
        }
        finally {
            this.cancel();
        }
    }
}
