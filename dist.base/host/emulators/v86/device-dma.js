import { sendInterrupt } from "../../pci/interrupt-path.js";
import { inInterruptRange } from "../../pci/interrupt-range.js";
const PAGE = 4096;
/** The devices send addresses of 32 bits, and v86 hands some over as negative numbers. */
const ADDRESSES = 2 ** 32;
const FAILED = 0xff;
/**
 * Untranslated memory requests of one of v86's own devices, which cannot wait: what the unit refuses
 * reads as FFh, and writes of it are dropped. Requests are split at 4 KiB.
 */
export class DeviceDma {
    #path;
    #sourceId;
    constructor(path, sourceId) {
        this.#path = path;
        this.#sourceId = sourceId;
    }
    read(address, length) {
        const bytes = new Uint8Array(length);
        let failed = false;
        forEachPage(address, length, (from, done, size) => {
            const target = this.#target(from, size, "read");
            const part = typeof target === "number" ? this.#load(target, size) : undefined;
            if (part === undefined)
                bytes.fill(FAILED, done, done + size);
            else
                bytes.set(part, done);
            failed ||= part === undefined;
        });
        return { bytes, failed };
    }
    /** False if a part of the bytes was dropped. */
    write(address, bytes) {
        let whole = true;
        forEachPage(address, bytes.length, (from, start, size) => {
            const part = bytes.subarray(start, start + size);
            const target = this.#target(from, size, "write");
            const done = target === "interrupt" ? this.#interrupt(from, part) : this.#store(target, part);
            whole &&= done;
        });
        return whole;
    }
    /** Where a part of a request goes; undefined if nowhere. */
    #target(from, size, access) {
        const request = { sourceId: this.#sourceId, address: BigInt(from), access, size };
        const result = this.#path.unit.translate(request);
        if (result.status === "interrupt")
            return "interrupt";
        if (result.status !== "ok" || inInterruptRange(result.address))
            return undefined;
        return result.address + BigInt(size) <= ADDRESSES ? Number(result.address) : undefined;
    }
    /** False if the unit blocks the interrupt (§5.1.4). */
    #interrupt(address, bytes) {
        const data = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
        const request = { sourceId: this.#sourceId, address: BigInt(address), data };
        const blocked = sendInterrupt(request, this.#path.unit, (message) => {
            this.#path.deliverInterrupt(message);
        });
        return blocked === undefined;
    }
    /** RAM, or the windows of other devices; undefined where nothing answers. */
    #load(target, size) {
        const { cpu, memory } = this.#path;
        const ram = memory.tryReadBytes(BigInt(target), size);
        if (ram !== undefined)
            return ram;
        const bytes = new Uint8Array(size);
        const view = new DataView(bytes.buffer);
        forEachWord(target, size, (at, word) => {
            if (word)
                view.setInt32(at, cpu.read32s(target + at), true);
            else
                view.setUint8(at, cpu.read8(target + at));
        });
        return bytes;
    }
    #store(target, bytes) {
        if (target === undefined)
            return false;
        const { cpu, memory } = this.#path;
        if (memory.tryWriteBytes(BigInt(target), bytes))
            return true;
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        forEachWord(target, bytes.length, (at, word) => {
            if (word)
                cpu.write32(target + at, view.getInt32(at, true));
            else
                cpu.write8(target + at, view.getUint8(at));
        });
        return true;
    }
}
function forEachPage(address, length, visit) {
    for (let done = 0; done < length;) {
        const from = (address + done) >>> 0;
        const size = Math.min(PAGE - (from % PAGE), length - done);
        visit(from, done, size);
        done += size;
    }
}
/** Aligned 32-bit words as one access, what is left over as bytes. */
function forEachWord(target, size, visit) {
    for (let at = 0; at < size;) {
        const word = (target + at) % 4 === 0 && size - at >= 4;
        visit(at, word);
        at += word ? 4 : 1;
    }
}
