import { BUFFER_SIZE, BUFFER_START, DMA_TICKS, dmaCommand } from "./registers.js";
const PAGE = 4096n;
const BUFFER = BigInt(BUFFER_START);
const BUFFER_END = BigInt(BUFFER_START + BUFFER_SIZE);
/** Moves bytes between memory and the buffer of the device, some time after it was told to. */
export class DmaController {
    #port;
    #mask;
    #buffer = new Uint8Array(BUFFER_SIZE);
    #registers = atRest();
    #ticksLeft = 0;
    /** `mask`: the address bits that the device can put on the bus. */
    constructor(port, mask) {
        this.#port = port;
        this.#mask = mask;
    }
    get running() {
        return this.#ticksLeft > 0;
    }
    read(register) {
        return this.#registers[register];
    }
    /** Ignored while a transfer runs; the command register takes only a write that starts one. */
    write(register, value) {
        if (this.running)
            return;
        if (register === "command") {
            if ((value & BigInt(dmaCommand.run)) === 0n)
                return;
            this.#ticksLeft = DMA_TICKS;
        }
        this.#registers[register] = value;
    }
    /** True if a transfer has ended in this tick that is to raise an interrupt. */
    tick() {
        if (!this.running)
            return false;
        this.#ticksLeft -= 1;
        if (this.running)
            return false;
        const { command } = this.#registers;
        if ((command & BigInt(dmaCommand.toMemory)) === 0n)
            this.#toDevice();
        else
            this.#toMemory();
        this.#registers.command = command & ~BigInt(dmaCommand.run);
        return (command & BigInt(dmaCommand.interruptWhenDone)) !== 0n;
    }
    reset() {
        this.#buffer.fill(0);
        Object.assign(this.#registers, atRest());
        this.#ticksLeft = 0;
    }
    snapshot() {
        return {
            registers: { ...this.#registers },
            ticksLeft: this.#ticksLeft,
            buffer: this.#buffer.slice(),
        };
    }
    restore({ registers, ticksLeft, buffer }) {
        Object.assign(this.#registers, registers);
        this.#ticksLeft = ticksLeft;
        this.#buffer.set(buffer);
    }
    /** Bytes that cannot be read are 0. */
    #toDevice() {
        const { source, destination, count } = this.#registers;
        for (const { address, bytes } of this.#pieces(source, this.#inBuffer(destination, count))) {
            const result = this.#port.read(address, bytes.length);
            if (result.status === "ok")
                bytes.set(result.bytes);
            else
                bytes.fill(0);
        }
    }
    /** Bytes that cannot be written are lost. */
    #toMemory() {
        const { source, destination, count } = this.#registers;
        for (const { address, bytes } of this.#pieces(destination, this.#inBuffer(source, count))) {
            this.#port.write(address, bytes);
        }
    }
    /** The part of the buffer that registers name; empty unless all of it is in the buffer. */
    #inBuffer(start, count) {
        if (start < BUFFER || start + count > BUFFER_END)
            return this.#buffer.subarray(0, 0);
        const first = Number(start - BUFFER);
        return this.#buffer.subarray(first, first + Number(count));
    }
    /** A transfer by pages of memory, of which each succeeds or fails by itself. */
    *#pieces(start, bytes) {
        const first = start & this.#mask;
        for (let done = 0; done < bytes.length;) {
            const address = BigInt.asUintN(64, first + BigInt(done));
            const length = Math.min(Number(PAGE - (address & (PAGE - 1n))), bytes.length - done);
            yield { address, bytes: bytes.subarray(done, done + length) };
            done += length;
        }
    }
}
function atRest() {
    return { source: 0n, destination: 0n, count: 0n, command: 0n };
}
