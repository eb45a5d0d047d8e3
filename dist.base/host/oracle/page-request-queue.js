import { bitRange, maskOf } from "./bit-fields.js";
const DESCRIPTOR_BYTES = 32n;
const PAGE_BYTES = 4096n;
/** Response codes (Table 32). */
const CODES = { success: 0, "invalid-request": 1 };
/** True for a message that says that a function has sent all its page requests. */
export function isStopMarker({ read, write, last }) {
    return last && !read && !write;
}
/** The page request queue, its status and event, and the answers that the unit gives itself (§7.4, §7.5). */
export class PageRequestQueue {
    #unit;
    #memory;
    #registers;
    #event;
    #outbox;
    constructor(unit, memory, registers, event, outbox) {
        this.#unit = unit;
        this.#memory = memory;
        this.#registers = registers;
        this.#event = event;
        this.#outbox = outbox;
    }
    /** A request that the tables allow. */
    take(request) {
        if (this.#registers.flag("PRS", "PRO"))
            return this.#refuse(request, "PRO");
        if (!this.#write(request)) {
            if (!isStopMarker(request))
                this.#raise("PRO");
            return this.#refuse(request, "queue-full");
        }
        this.#raise("PPR");
        return { status: "accepted" };
    }
    /** Sends the answer to the last request of a group. */
    answer({ sourceId, pasid, group }, code, why) {
        this.#outbox.send("pageGroupResponse", { sourceId, pasid, group, code: CODES[code] });
        return { status: "answered", code, why };
    }
    /** Software cleared status bits. */
    statusWritten() {
        if (!this.#anyStatus())
            this.#event.serviced();
    }
    /** Table 31: the device asks again once it has got Success. A stop marker gets no answer. */
    #refuse(request, why) {
        if (!request.last || isStopMarker(request))
            return { status: "dropped", why };
        return this.answer(request, "success", why);
    }
    #raise(bit) {
        const quiet = !this.#anyStatus();
        this.#registers.setField("PRS", bit, true);
        if (quiet)
            this.#event.raise();
    }
    #anyStatus() {
        return this.#registers.flag("PRS", "PPR") || this.#registers.flag("PRS", "PRO");
    }
    /** False if the queue is full, or (implementation choice F4) cannot be written. */
    #write(request) {
        const queue = this.#registers.value("PQA");
        const size = PAGE_BYTES << bitRange(queue, 2, 0);
        const head = this.#registers.value("PQH") % size;
        const tail = this.#registers.value("PQT") % size;
        const next = (tail + DESCRIPTOR_BYTES) % size;
        if (next === head)
            return false;
        const address = (queue & maskOf(this.#unit.HAW - 1, 12)) + tail;
        const words = [...descriptorOf(request), 0n, 0n];
        const written = words.every((word, index) => this.#memory.write64(address + 8n * BigInt(index), word));
        if (written)
            this.#registers.setValue("PQT", next);
        return written;
    }
}
/** The two words of a page request descriptor that are not zero (§7.4.1.1). */
function descriptorOf(request) {
    const { sourceId, pasid, address, read, write, last, group } = request;
    const withPasid = pasid !== undefined;
    const flag = (set, position) => BigInt(set) << BigInt(position);
    return [
        1n |
            flag(withPasid, 8) |
            (BigInt(sourceId) << 16n) |
            (BigInt(pasid ?? 0) << 32n) |
            flag(withPasid && (request.execute ?? false), 52) |
            flag(withPasid && (request.privileged ?? false), 53),
        flag(read, 0) |
            flag(write, 1) |
            flag(last, 2) |
            (BigInt(group) << 3n) |
            (address & maskOf(63, 12)),
    ];
}
