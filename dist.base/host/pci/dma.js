import { BlockedTransfer, Transfer, } from "./dma-transfer.js";
import { sendInterrupt } from "./interrupt-path.js";
import { inInterruptRange } from "./interrupt-range.js";
import { requesterId } from "./requester-id.js";
const PAGE = 4096;
/**
 * The upstream path of one function: bus mastering, the requester id, the remapping unit, memory.
 * Without a unit, addresses pass unchanged, and ATS and PRI find nobody who would answer.
 */
export class FunctionDma {
    #owner;
    #path;
    #inFlight = new Set();
    constructor(owner, path) {
        this.#owner = owner;
        this.#path = path;
    }
    get busMaster() {
        if (this.#owner.removed || !this.#owner.busMaster)
            return false;
        for (let above = this.#owner.parent; above; above = above.parent) {
            if (!above.busMaster)
                return false;
        }
        return true;
    }
    begin(request) {
        const { address } = request;
        const blocked = (status) => new BlockedTransfer({ status, address });
        if (this.#owner.removed)
            return blocked("UR");
        if (!this.busMaster)
            return blocked("blocked");
        if (!this.#carries(request))
            return blocked("UR");
        const segments = splitAtPages(request).map((part) => this.#translate(part));
        const transfer = new Transfer(request, segments, this.#surroundings);
        this.#inFlight.add(transfer);
        // The unit's answer may have reached a listener that removed the function.
        if (this.#owner.removed)
            transfer.abandon();
        return transfer;
    }
    resume(state) {
        const data = state;
        if ("failure" in data)
            return new BlockedTransfer(data.failure);
        const { request, segments, abandoned } = data;
        const transfer = new Transfer(request, segments, this.#surroundings, abandoned);
        if (!abandoned)
            this.#inFlight.add(transfer);
        return transfer;
    }
    /** Forgets what is in flight, and tells nobody: the machine is being restored. */
    forget() {
        this.#inFlight.clear();
    }
    read(address, length, attributes = {}) {
        return this.begin({ ...attributes, access: "read", address, length }).finishRead();
    }
    write(address, bytes, attributes = {}) {
        const request = { ...attributes, access: "write", address, length: bytes.length };
        return this.begin(request).finishWrite(bytes);
    }
    sendInterrupt(message) {
        if (!this.busMaster)
            return false;
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setUint32(0, message.data, true);
        this.write(message.address, bytes);
        return true;
    }
    requestTranslation(request) {
        const unit = this.busMaster && !this.#owner.conventional ? this.#unit() : undefined;
        if (!unit)
            return { status: "blocked", completion: "UR" };
        return unit.requestTranslation({ ...request, sourceId: requesterId(this.#owner) });
    }
    requestPage(request) {
        const unit = this.#owner.removed ? undefined : this.#unit();
        if (!unit)
            return { status: "dropped", why: "no remapping unit covers the requester" };
        if (this.#owner.conventional) {
            return { status: "dropped", why: "a conventional bus carries no page requests" };
        }
        return unit.requestPage({ ...request, sourceId: requesterId(this.#owner) });
    }
    completeInvalidation(itag) {
        if (this.#owner.removed)
            return;
        this.#unit()?.completeInvalidation({ sourceId: requesterId(this.#owner), itag });
    }
    /** Ends everything in flight with UR: the function has been removed, or its unit will be reset. */
    abandon() {
        for (const transfer of this.#inFlight)
            transfer.abandon();
    }
    get #surroundings() {
        return {
            memory: this.#path.memory,
            sendInterrupt: (message) => this.#interrupt(message),
            endAccess: (token) => this.#unit()?.endAccess(token),
            ended: (transfer) => this.#inFlight.delete(transfer),
        };
    }
    #unit() {
        return this.#path.unitFor(this.#owner);
    }
    /** Conventional PCI has no prefixes, no address type and no AtomicOps. */
    #carries({ access, pasid, translated }) {
        return !this.#owner.conventional || (access !== "atomic" && pasid === undefined && !translated);
    }
    /** A DWORD write to FEEx_xxxxh on its way to the interrupt controllers (§5.1). */
    #interrupt(message) {
        const request = { ...message, sourceId: requesterId(this.#owner) };
        return sendInterrupt(request, this.#unit(), (remapped) => {
            this.#path.deliverInterrupt(remapped);
        });
    }
    #translate(part) {
        const { address, length } = part;
        const unit = this.#unit();
        if (!unit)
            return { address, length, result: withoutUnit(part) };
        const { access, execute, pasid, privileged } = part;
        const common = { sourceId: requesterId(this.#owner), pasid, address, access, size: length };
        if (part.translated) {
            const result = unit.translateTranslated({ ...common, ...(execute && { execute }) });
            return { address, length, result };
        }
        const prefix = { ...(execute && { execute }), ...(privileged && { privileged }) };
        const { result, token } = unit.beginAccess({ ...common, ...prefix });
        return { address, length, result, token };
    }
}
function splitAtPages(request) {
    const parts = [];
    let done = 0;
    do {
        const address = request.address + BigInt(done);
        const length = Math.min(PAGE - Number(address & 0xfffn), request.length - done);
        parts.push({ ...request, address, length });
        done += length;
    } while (done < request.length);
    return parts;
}
function withoutUnit(request) {
    const { address, access, length } = request;
    if (!inInterruptRange(address) || length === 0) {
        const permissions = { read: true, write: true };
        return { status: "ok", address, pageSize: PAGE, permissions };
    }
    const isMessage = access === "write" && length === 4 && (address & 3n) === 0n;
    return isMessage ? { status: "interrupt", address } : { status: "blocked", completion: "UR" };
}
