import { PageAccess, } from "./page-access.js";
import { operation, statusCode } from "./registers.js";
import { isDone } from "./step.js";
const PAGE = 4096;
const OK = { code: statusCode.ok, bytes: 0, result: 0n };
/** Carries a descriptor out, page by page, in ascending order. */
export class Operation {
    #descriptor;
    #parts;
    /** Bytes done. */
    #offset = 0;
    /** What a copy or compare has read of its source, of the run in progress. */
    #source;
    #access;
    constructor(descriptor, parts) {
        this.#descriptor = descriptor;
        this.#parts = parts;
    }
    step() {
        const { valid, operation: code, length } = this.#descriptor;
        if (!valid)
            return { done: { ...OK, code: statusCode.badDescriptor } };
        if (code === operation.nop)
            return { done: OK };
        while (this.#offset < length) {
            this.#access ??= new PageAccess(this.#parts, this.#nextAccess());
            const step = this.#access.step();
            if (!isDone(step))
                return step;
            this.#access = undefined;
            const end = this.#accessed(step.done);
            if (end)
                return { done: end };
        }
        return { done: { ...OK, bytes: length } };
    }
    /** Ends what is in flight. */
    cancel() {
        this.#access?.cancel();
    }
    snapshot(references) {
        return {
            offset: this.#offset,
            ...(this.#source && { source: this.#source }),
            ...(this.#access && { access: this.#access.snapshot(references) }),
        };
    }
    restore({ offset, source, access }, referents) {
        this.#offset = offset;
        this.#source = source;
        this.#access = access && PageAccess.restore(this.#parts, access, referents);
    }
    /** Bytes of the run in progress, which lies within one page of each buffer. */
    get #run() {
        const { source, destination, length, operation: code } = this.#descriptor;
        const offset = BigInt(this.#offset);
        const room = (start) => PAGE - Number((start + offset) & 0xfffn);
        const ofSource = code === operation.fill ? PAGE : room(source);
        const ofDestination = code === operation.verify ? PAGE : room(destination);
        return Math.min(ofSource, ofDestination, length - this.#offset);
    }
    #nextAccess() {
        const { destination, length, operation: code, pattern } = this.#descriptor;
        const iova = destination + BigInt(this.#offset);
        const end = destination + BigInt(length);
        switch (code) {
            case operation.atomicAdd:
                return { kind: "atomic", iova, end, addend: pattern };
            case operation.fill:
                return { kind: "write", iova, end, bytes: this.#pattern };
            case operation.verify:
                return this.#readSource();
            default: {
                const source = this.#source;
                if (source === undefined)
                    return this.#readSource();
                return code === operation.copy
                    ? { kind: "write", iova, end, bytes: source }
                    : { kind: "read", iova, end, length: this.#run, execute: false };
            }
        }
    }
    #readSource() {
        const { source, length, execute } = this.#descriptor;
        const iova = source + BigInt(this.#offset);
        return { kind: "read", iova, end: source + BigInt(length), length: this.#run, execute };
    }
    /** Takes in what an access came to; answers how the descriptor ends, if it does. */
    #accessed(result) {
        if (result.status === "failed") {
            return { code: result.code, bytes: this.#offset, result: result.result };
        }
        const { operation: code } = this.#descriptor;
        if (result.old !== undefined)
            return { ...OK, bytes: 8, result: result.old };
        const { bytes } = result;
        if (bytes && code !== operation.verify && this.#source === undefined) {
            this.#source = bytes;
            return undefined;
        }
        const expected = code === operation.verify ? this.#pattern : this.#source;
        const differs = bytes && expected ? bytes.findIndex((byte, i) => byte !== expected[i]) : -1;
        if (differs >= 0)
            return this.#mismatch(differs);
        this.#offset += this.#run;
        this.#source = undefined;
        return undefined;
    }
    #mismatch(at) {
        const bytes = this.#offset + at;
        return { code: statusCode.mismatch, bytes, result: this.#descriptor.source + BigInt(bytes) };
    }
    get #pattern() {
        const word = new Uint8Array(8);
        new DataView(word.buffer).setBigUint64(0, this.#descriptor.pattern, true);
        return Uint8Array.from({ length: this.#run }, (_, i) => word[(this.#offset + i) % 8] ?? 0);
    }
}
