/** Endpoints of the target, which send what the case wants. */
export class Endpoints {
    #channel;
    constructor(channel) {
        this.#channel = channel;
    }
    /** Sends a memory request. */
    dma(request) {
        return this.#channel.ask(this.#memoryOperation("dma", request));
    }
    /** Begins a memory request, which stays in flight until `end`. */
    begin(request) {
        return this.#channel.ask(this.#memoryOperation("begin-access", request));
    }
    /** Ends a request in flight. */
    async end(token) {
        await this.#channel.ask({ op: "end-access", token });
    }
    /** Sends a translation request (AT = 01b). */
    translate(request) {
        return this.#channel.ask({
            op: "request-translation",
            ...this.#requester(request),
            address: request.address,
            noWrite: request.noWrite ?? false,
        });
    }
    /** Sends a Page Request message. */
    async requestPage(request) {
        const { address, read = true, write = false, last = true, group = 0 } = request;
        const fields = { address, read, write, last, group };
        await this.#channel.ask({ op: "request-page", ...this.#requester(request), ...fields });
    }
    /** Sends an interrupt message: a DWORD write. */
    async interrupt({ sourceId, address, data }) {
        const requester = sourceId ?? this.first;
        await this.#channel.ask({ op: "interrupt", sourceId: requester, address, data });
    }
    /** Sends an Invalidate Completion message. */
    async completeInvalidation(completion) {
        const { sourceId, itag } = completion;
        await this.#channel.ask({ op: "complete-invalidation", sourceId, itag });
    }
    /** Source-id of the first endpoint, which sends what says nothing else. */
    get first() {
        return this.#channel.session.description.endpoints[0] ?? 0;
    }
    #requester({ sourceId, pasid, privileged, execute }) {
        return { sourceId: sourceId ?? this.first, pasid, privileged, execute };
    }
    #memoryOperation(op, request) {
        const { address, data, translated = false } = request;
        const access = request.access ?? (data === undefined ? "read" : "write");
        const length = request.length ?? data?.length ?? 4;
        const given = access === "read" ? undefined : (data ?? pattern(length));
        const fields = { address, access, length, data: given, translated };
        return { op, ...this.#requester(request), ...fields };
    }
}
/** Bytes that are easy to recognise: A5 01 02 03 ... */
export function pattern(length, first = 0xa5) {
    return Uint8Array.from({ length }, (_, index) => (index === 0 ? first : index & 0xff));
}
