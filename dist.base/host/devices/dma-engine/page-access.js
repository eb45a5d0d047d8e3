import { PageSearch, } from "./page-search.js";
import { queueState, statusCode } from "./registers.js";
import { isDone } from "./step.js";
/** Carries one access out: find the page, then move the bytes. */
export class PageAccess {
    #parts;
    #access;
    #search;
    #translation;
    #result;
    constructor(parts, access) {
        this.#parts = parts;
        this.#access = access;
        this.#search = this.#searchFor(wantedBy(access, parts.use));
    }
    step() {
        if (this.#result)
            return { done: this.#result };
        if (this.#search) {
            const found = this.#search.step();
            if (!isDone(found))
                return found;
            if (found.done.status === "failed")
                return { done: found.done };
            this.#search = undefined;
            this.#begin(found.done);
        }
        else {
            this.#result = this.#finish();
        }
        return queueState.transferring;
    }
    /** Ends what is in flight. */
    cancel() {
        this.#parts.requests.cancel();
        this.#endUse();
    }
    snapshot(references) {
        const translation = this.#translation;
        return {
            access: this.#access,
            ...(this.#search && { search: this.#search.snapshot(references) }),
            ...(translation && { translation: references.translation(translation) }),
            ...(this.#result && { result: this.#result }),
        };
    }
    static restore(parts, data, referents) {
        const { access, search, translation, result } = data;
        const restored = new PageAccess(parts, access);
        restored.#search = search && restored.#searchFor(search);
        if (search)
            restored.#search?.restore(search, referents);
        if (translation !== undefined)
            restored.#translation = referents.translation(translation);
        restored.#result = result;
        return restored;
    }
    #searchFor(wanted) {
        const { context, use, report } = this.#parts;
        return new PageSearch(context, use, report, wanted);
    }
    /** An Invalidate Request that names the translation waits until the request has ended. */
    #begin({ address, translated, translation }) {
        const { context, requests, use } = this.#parts;
        this.#translation = translation;
        if (translation)
            context.tlb.beginUse(translation);
        const { execute } = wantedBy(this.#access, use).need;
        // The function has no Translated Requests with PASID Enable: they carry no prefix.
        const attributes = translated ? { translated } : { ...use.tag, execute };
        const { kind } = this.#access;
        requests.begin({ ...attributes, access: kind, address, length: lengthOf(this.#access) });
    }
    #finish() {
        try {
            const result = this.#finishRequest();
            return result.status === "ok" ? result : asFailure(result, this.#access.iova);
        }
        finally {
            this.#endUse();
        }
    }
    #finishRequest() {
        const { requests } = this.#parts;
        switch (this.#access.kind) {
            case "read":
                return requests.finishRead();
            case "write":
                return requests.finishWrite(this.#access.bytes);
            case "atomic":
                return requests.finishFetchAdd(this.#access.addend);
        }
    }
    #endUse() {
        if (this.#translation)
            this.#parts.context.tlb.endUse(this.#translation);
        this.#translation = undefined;
    }
}
function wantedBy(access, use) {
    const { iova, end, kind } = access;
    const need = {
        read: kind !== "write",
        write: kind !== "read",
        execute: kind === "read" && access.execute && use.mayExecute,
    };
    return { iova, need, end };
}
function lengthOf(access) {
    switch (access.kind) {
        case "read":
            return access.length;
        case "write":
            return access.bytes.length;
        case "atomic":
            return 8;
    }
}
function asFailure({ status }, iova) {
    const code = status === "CA" ? statusCode.ca : statusCode.ur;
    return { status: "failed", code, result: iova };
}
