const PAGE = 4096;
/** A translation completion that gave some permission, as the device keeps it. */
export class Translation {
    tag;
    /** First address of the range, a multiple of its size. */
    start;
    size;
    address;
    completion;
    constructor(tag, iova, completion) {
        this.tag = tag;
        this.completion = completion;
        this.size = BigInt(completion.sizeBit ? completion.pageSize : PAGE);
        this.start = iova & ~(this.size - 1n);
        this.address = completion.address & ~(this.size - 1n);
    }
    covers(tag, iova) {
        if (iova < this.start || iova >= this.start + this.size)
            return false;
        if (tag.privileged !== this.tag.privileged)
            return false;
        if (tag.pasid === this.tag.pasid)
            return true;
        return this.completion.global && tag.pasid !== undefined && this.tag.pasid !== undefined;
    }
    permits(need) {
        const { read, write, execute } = this.completion;
        return (!need.read || read) && (!need.write || write) && (!need.execute || execute);
    }
    isReplacedBy({ tag, start, size }) {
        if (tag.pasid !== this.tag.pasid || tag.privileged !== this.tag.privileged)
            return false;
        return this.overlaps(start, size);
    }
    overlaps(start, size) {
        return this.start < start + size && start < this.start + this.size;
    }
    translate(iova) {
        return this.address + (iova - this.start);
    }
}
/** A bounded, fully associative device TLB; entries are replaced in turn, after free ones. */
export class DeviceTlb {
    #entries;
    /** Memory requests in flight by their translation, also when it was replaced meanwhile. */
    #uses = new Map();
    #next = 0;
    constructor(capacity) {
        this.#entries = new Array(capacity).fill(undefined);
    }
    get used() {
        return this.#entries.filter((entry) => entry !== undefined).length;
    }
    at(index) {
        return this.#entries[index];
    }
    lookup(tag, iova) {
        return this.#entries.find((entry) => entry?.covers(tag, iova));
    }
    /** Keeps a translation in place of those it overlaps. True if another one had to go. */
    insert(translation) {
        this.#entries.forEach((entry, index) => {
            if (entry?.isReplacedBy(translation))
                this.#entries[index] = undefined;
        });
        const free = this.#entries.indexOf(undefined);
        const index = free >= 0 ? free : this.#next;
        if (free < 0)
            this.#next = (this.#next + 1) % this.#entries.length;
        this.#entries[index] = translation;
        return free < 0;
    }
    beginUse(translation) {
        this.#uses.set(translation, (this.#uses.get(translation) ?? 0) + 1);
    }
    endUse(translation) {
        const left = (this.#uses.get(translation) ?? 0) - 1;
        if (left > 0)
            this.#uses.set(translation, left);
        else
            this.#uses.delete(translation);
    }
    /** Drops what an Invalidate Request names. */
    invalidate(request) {
        this.#entries.forEach((entry, index) => {
            if (entry && isNamedBy(entry, request))
                this.#entries[index] = undefined;
        });
    }
    /** Translations in flight that an Invalidate Request names. */
    usesOf(request) {
        return [...this.#uses.keys()].filter((translation) => isNamedBy(translation, request));
    }
    isInUse(translation) {
        return this.#uses.has(translation);
    }
    clear() {
        this.#entries.fill(undefined);
    }
    snapshot(references) {
        const number = (translation) => references.translation(translation);
        return {
            entries: this.#entries.map((entry) => (entry ? number(entry) : null)),
            uses: [...this.#uses].map(([translation, count]) => [number(translation), count]),
            next: this.#next,
        };
    }
    restore({ entries, uses, next }, referents) {
        entries.forEach((number, index) => {
            this.#entries[index] = number === null ? undefined : referents.translation(number);
        });
        this.#uses.clear();
        for (const [number, count] of uses)
            this.#uses.set(referents.translation(number), count);
        this.#next = next;
    }
}
/** Without PASID only untagged translations are meant; with it those of the PASID, or of all. */
function isNamedBy(translation, request) {
    const { pasid } = translation.tag;
    const { start, size } = invalidationRange(request);
    if (!translation.overlaps(start, size))
        return false;
    if (request.pasid === undefined || pasid === undefined)
        return request.pasid === pasid;
    return request.global || translation.completion.global || request.pasid === pasid;
}
/** With S set the lowest zero bit of address 63:12 tells the size: bit 12 means 8 KiB. */
export function invalidationRange(request) {
    let size = BigInt(PAGE);
    if (request.sizeBit) {
        while (size < 1n << 63n && (request.address & size) !== 0n)
            size <<= 1n;
        size <<= 1n;
    }
    return { start: BigInt.asUintN(64, request.address) & ~(size - 1n), size };
}
