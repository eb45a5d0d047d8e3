import { Msi } from "../../pci/msi.js";
import { DmaController } from "./dma-controller.js";
import { factorial, factorialTicks } from "./factorial.js";
import { capabilityAt, IDENTIFICATION, interrupt, reg, status, WIDE_FROM } from "./registers.js";
const DMA_REGISTERS = new Map([
    [reg.dmaSource, "source"],
    [reg.dmaDestination, "destination"],
    [reg.dmaCount, "count"],
    [reg.dmaCommand, "command"],
]);
/** The educational device of docs/edu.md. */
export class Edu {
    shape;
    #dma;
    #msi;
    #ports;
    #liveness = 0;
    #factorial = 0;
    #factorialTicksLeft = 0;
    #interruptWhenDone = false;
    #interruptStatus = 0;
    constructor(ports, dmaMask) {
        this.#ports = ports;
        this.shape = `edu with the DMA mask 0x${dmaMask.toString(16)}`;
        this.#dma = new DmaController(ports.dma, dmaMask);
        this.#msi = new Msi(ports.config, capabilityAt.msi, (message) => ports.dma.sendInterrupt(message));
        ports.config.watch(capabilityAt.msi, 4, () => {
            this.#showPin();
        });
    }
    get busy() {
        return this.#dma.running || this.#computing;
    }
    readBar(_bar, offset, size) {
        const value = isAccess(offset, size) ? this.#read(offset) : undefined;
        return BigInt.asUintN(8 * size, value ?? -1n);
    }
    writeBar(_bar, offset, size, value) {
        if (isAccess(offset, size))
            this.#write(offset, BigInt.asUintN(8 * size, value));
    }
    tick(ticks) {
        for (let i = 0; i < ticks; i++) {
            if (this.#computing)
                this.#compute();
            if (this.#dma.tick())
                this.#raise(interrupt.dma);
        }
    }
    reset() {
        this.#dma.reset();
        this.#liveness = 0;
        this.#factorial = 0;
        this.#factorialTicksLeft = 0;
        this.#interruptWhenDone = false;
        this.#interruptStatus = 0;
        this.#showPin();
    }
    snapshot() {
        return {
            dma: this.#dma.snapshot(),
            liveness: this.#liveness,
            factorial: this.#factorial,
            factorialTicksLeft: this.#factorialTicksLeft,
            interruptWhenDone: this.#interruptWhenDone,
            interruptStatus: this.#interruptStatus,
        };
    }
    restore(state) {
        const data = state;
        this.#dma.restore(data.dma);
        this.#liveness = data.liveness;
        this.#factorial = data.factorial;
        this.#factorialTicksLeft = data.factorialTicksLeft;
        this.#interruptWhenDone = data.interruptWhenDone;
        this.#interruptStatus = data.interruptStatus;
    }
    pageGroupResponse() {
        // The device never asks for pages.
    }
    deviceTlbInvalidate() {
        // The device has no ATS: nobody hears the request, and nobody answers it.
    }
    get #computing() {
        return this.#factorialTicksLeft > 0;
    }
    #read(offset) {
        const dma = DMA_REGISTERS.get(offset);
        if (dma !== undefined)
            return this.#dma.read(dma);
        switch (offset) {
            case reg.identification:
                return BigInt(IDENTIFICATION);
            case reg.liveness:
                return BigInt(this.#liveness);
            case reg.factorial:
                return BigInt(this.#factorial);
            case reg.status:
                return BigInt((this.#computing ? status.computing : 0) |
                    (this.#interruptWhenDone ? status.interruptWhenDone : 0));
            case reg.interruptStatus:
                return BigInt(this.#interruptStatus);
            default:
                return undefined;
        }
    }
    #write(offset, value) {
        const dma = DMA_REGISTERS.get(offset);
        if (dma !== undefined) {
            this.#dma.write(dma, value);
            return;
        }
        const word = Number(BigInt.asUintN(32, value));
        switch (offset) {
            case reg.liveness:
                this.#liveness = ~word >>> 0;
                break;
            case reg.factorial:
                if (this.#computing)
                    break;
                this.#factorial = word;
                this.#factorialTicksLeft = factorialTicks(word);
                break;
            case reg.status:
                this.#interruptWhenDone = (word & status.interruptWhenDone) !== 0;
                break;
            case reg.interruptRaise:
                this.#raise(word);
                break;
            case reg.interruptAcknowledge:
                this.#interruptStatus = (this.#interruptStatus & ~word) >>> 0;
                this.#showPin();
                break;
        }
    }
    #compute() {
        this.#factorialTicksLeft -= 1;
        if (this.#computing)
            return;
        this.#factorial = factorial(this.#factorial);
        if (this.#interruptWhenDone)
            this.#raise(interrupt.factorial);
    }
    #raise(bits) {
        this.#interruptStatus = (this.#interruptStatus | bits) >>> 0;
        this.#showPin();
        if (this.#interruptStatus !== 0 && this.#msi.enabled)
            this.#msi.raise();
    }
    #showPin() {
        this.#ports.pin.set(this.#interruptStatus !== 0 && !this.#msi.enabled);
    }
}
/** 32-bit accesses everywhere, 64-bit ones to the DMA registers; both aligned. */
function isAccess(offset, size) {
    const known = size === 4 || (size === 8 && offset >= WIDE_FROM);
    return known && offset % size === 0;
}
