/** A memory request between its translation and the movement of its data. */
export class Transfer {
    #request;
    #segments;
    #around;
    #state = "in flight";
    constructor(request, segments, around, abandoned = false) {
        this.#request = request;
        this.#segments = segments;
        this.#around = around;
        if (abandoned)
            this.#state = "abandoned";
    }
    finishRead() {
        return this.#finish("read", () => {
            const bytes = new Uint8Array(this.#request.length);
            let done = 0;
            for (const segment of this.#segments) {
                if (segment.length === 0)
                    continue;
                const target = this.#memoryOf(segment);
                if (typeof target !== "bigint")
                    return target;
                const part = this.#around.memory.tryReadBytes(target, segment.length);
                if (!part)
                    return { status: "UR", address: segment.address };
                bytes.set(part, done);
                done += segment.length;
            }
            return { status: "ok", bytes };
        });
    }
    finishWrite(bytes) {
        if (bytes.length !== this.#request.length) {
            throw new RangeError(`the request has ${this.#request.length} bytes, got ${bytes.length}`);
        }
        return this.#finish("write", () => {
            let done = 0;
            for (const segment of this.#segments) {
                const part = bytes.subarray(done, done + segment.length);
                const failure = this.#writePart(segment, part);
                if (failure)
                    return failure;
                done += segment.length;
            }
            return { status: "ok" };
        });
    }
    finishAtomic(update) {
        return this.#finish("atomic", () => {
            const [segment] = this.#segments;
            if (!segment || segment.length !== 8 || (segment.address & 7n) !== 0n) {
                throw new RangeError("an AtomicOp is one aligned 64-bit word");
            }
            const target = this.#memoryOf(segment);
            if (typeof target !== "bigint")
                return target;
            const { memory } = this.#around;
            let expected = memory.read64(target);
            while (expected !== undefined) {
                const replacement = BigInt.asUintN(64, update(expected));
                const found = memory.compareExchange64(target, expected, replacement);
                if (found === expected)
                    return { status: "ok", old: expected };
                expected = found;
            }
            return { status: "UR", address: segment.address };
        });
    }
    cancel() {
        if (this.#state === "in flight")
            this.#end("ended");
    }
    snapshot() {
        const abandoned = this.#state === "abandoned";
        return { request: this.#request, segments: this.#segments, abandoned };
    }
    /** The function is gone: the request ends now, and whoever finishes it learns UR. */
    abandon() {
        if (this.#state === "in flight")
            this.#end("abandoned");
    }
    #finish(access, move) {
        if (this.#request.access !== access) {
            throw new TypeError(`the request in flight is a ${this.#request.access}, not a ${access}`);
        }
        if (this.#state === "abandoned")
            return { status: "UR", address: this.#request.address };
        if (this.#state === "ended")
            throw new Error("the request in flight has ended already");
        try {
            return move();
        }
        finally {
            this.#end("ended");
        }
    }
    #end(state) {
        this.#state = state;
        for (const { token } of this.#segments) {
            if (token !== undefined)
                this.#around.endAccess(token);
        }
        this.#around.ended(this);
    }
    #writePart(segment, bytes) {
        if (segment.result.status === "interrupt") {
            const data = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
            const blocked = this.#around.sendInterrupt({ address: segment.result.address, data });
            return blocked && { status: blocked, address: segment.address };
        }
        const target = this.#memoryOf(segment);
        if (typeof target !== "bigint")
            return target;
        const written = this.#around.memory.tryWriteBytes(target, bytes);
        return written ? undefined : { status: "UR", address: segment.address };
    }
    /** The physical address of a segment, or why there is none. */
    #memoryOf({ result, address }) {
        switch (result.status) {
            case "ok":
                return result.address;
            case "interrupt":
                return { status: "UR", address };
            default:
                return { status: result.completion, address };
        }
    }
}
/** A request that was never sent. */
export class BlockedTransfer {
    #failure;
    constructor(failure) {
        this.#failure = failure;
    }
    snapshot() {
        return { failure: this.#failure };
    }
    finishRead() {
        return this.#failure;
    }
    finishWrite() {
        return this.#failure;
    }
    finishAtomic() {
        return this.#failure;
    }
    cancel() {
        // Nothing is in flight.
    }
}
