import { invalidationDescriptors } from "../../spec/descriptors.js";
import { encodeEntry } from "../../tables/entry.js";
import { CaseFailure } from "./verdicts.js";
/** Readings of a status in memory that a wait descriptor writes. */
const MOST_READINGS = 1000;
const DONE = 0x600d;
/**
 * Four words of an invalidation descriptor by its name in host/spec/descriptors.ts, for example
 * `descriptor("IOTLB_INV", { G: 2, DID: 5 })`. The upper half of a 128-bit type is zero.
 */
export function descriptor(name, fields = {}) {
    const kind = invalidationDescriptors.find((candidate) => candidate.name === name);
    if (kind === undefined) {
        const names = invalidationDescriptors.map((each) => each.name).join(", ");
        throw new RangeError(`no invalidation descriptor "${name}": expected one of ${names}`);
    }
    const type = { TYPE_LOW: kind.type & 0xf, TYPE_HIGH: kind.type >> 4 };
    return encodeEntry({ ...kind, bits: 256 }, { ...type, ...fields });
}
/** A wait that writes `data` to the dword at `address`. */
export function statusWait(address, data, fields = {}) {
    return descriptor("WAIT", { SW: 1, STATUS_ADDR: address, STATUS_DATA: data, ...fields });
}
/** The invalidation queue as software runs it (§6.5.2). */
export class InvalidationQueue {
    #channel;
    #memory;
    #registers;
    #commands;
    #frames;
    #capabilities;
    #base = 0n;
    #bytes = 4096;
    #stride = 16;
    #tail = 0;
    #status = 0n;
    #started = false;
    constructor(parts) {
        this.#channel = parts.channel;
        this.#memory = parts.memory;
        this.#registers = parts.registers;
        this.#commands = parts.commands;
        this.#frames = parts.frames;
        this.#capabilities = parts.capabilities;
    }
    get started() {
        return this.#started;
    }
    /** Bytes of one descriptor: 16 or 32. */
    get stride() {
        return this.#stride;
    }
    /** Bytes of the queue. */
    get bytes() {
        return this.#bytes;
    }
    get base() {
        return this.#base;
    }
    /** Byte offset that software writes next. */
    get tail() {
        return this.#tail;
    }
    /** Gives the unit a queue and enables it: IQT 0, IQA, QIE. */
    async start({ size = 0, wide } = {}) {
        const is256 = wide ?? this.#capabilities.values["SMTS"] === 1;
        this.#stride = is256 ? 32 : 16;
        this.#bytes = 4096 << size;
        this.#base = this.#frames.allocate(1 << size);
        this.#status = this.#frames.allocate(1);
        this.#tail = 0;
        await this.#registers.write("IQT", 0n);
        await this.#registers.write("IQA", { IQA: this.#base, DW: is256, QS: size });
        await this.#commands.command("QIE");
        this.#started = true;
    }
    /** Writes descriptors behind the last, without telling the unit; answers the new tail. */
    put(...descriptors) {
        for (const words of descriptors) {
            this.overwrite(this.#tail, words);
            this.#tail = (this.#tail + this.#stride) % this.#bytes;
        }
        return this.#tail;
    }
    /** Writes a descriptor at a byte offset of the queue. */
    overwrite(offset, words) {
        for (let word = 0; word < this.#stride / 8; word++) {
            this.#memory.write64(this.#base + BigInt(offset + 8 * word), words[word] ?? 0n);
        }
    }
    /** Goes on at an offset, as software does that starts over. */
    continueAt(offset) {
        this.#tail = offset;
    }
    /** Writes descriptors and IQT. */
    async submit(...descriptors) {
        await this.#registers.write("IQT", BigInt(this.put(...descriptors)));
    }
    /**
     * Submits descriptors and a wait, and reads the wait's status until it is written.
     * @throws CaseFailure if it never is.
     */
    async run(...descriptors) {
        this.#memory.write64(this.#status, 0n);
        await this.submit(...descriptors, statusWait(this.#status, DONE));
        for (let reading = 0; reading < MOST_READINGS; reading++) {
            const request = { op: "read-memory", address: this.#status, length: 4 };
            const { data } = await this.#channel.ask(request);
            if (new DataView(data.buffer, data.byteOffset).getUint32(0, true) === DONE)
                return;
        }
        const [head, status] = [await this.#registers.read("IQH"), await this.#registers.read("FSTS")];
        throw new CaseFailure(`the wait behind the descriptors never wrote its status: IQH is 0x${head.toString(16)}, ` +
            `IQT 0x${this.#tail.toString(16)}, FSTS 0x${status.toString(16)}`);
    }
    /** IQH as a number. */
    async head() {
        return Number(await this.#registers.read("IQH"));
    }
}
