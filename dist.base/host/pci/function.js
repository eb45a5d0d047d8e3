import { AriControl, ariCapability } from "./ari-capability.js";
import { Bar } from "./bar.js";
import { addCapabilities, endOfExtended } from "./capability.js";
import { ConfigSpace } from "./config-space.js";
import { command, defineEndpointHeader, header } from "./header.js";
import { pcie } from "./pcie-capability.js";
/** What endpoints and bridges have in common. */
export class PciFunction {
    config = new ConfigSpace();
    slot;
    /** The bridge above; undefined on the root bus. */
    parent;
    /** Set for good by hot removal. */
    removed = false;
    constructor(slot, parent) {
        this.slot = slot;
        this.parent = parent;
    }
    /** Where it is now: the bus number that the bridge above has, device and function. */
    get id() {
        return ((this.parent?.secondary ?? 0) << 8) | (this.slot.device << 3) | this.slot.function;
    }
    /** True on a conventional PCI bus: 256 bytes of configuration space, no PASID, ATS or page requests. */
    get conventional() {
        return this.parent?.below === "conventional";
    }
    get memoryEnabled() {
        return this.#commandBit(command.memorySpace);
    }
    get busMaster() {
        return this.#commandBit(command.busMaster);
    }
    /** Sets bits of the command register, as firmware does. */
    enable(commandBits) {
        this.config.change(header.command, 2, { set: commandBits });
    }
    /** Configuration space to its reset values. */
    reset() {
        this.config.reset();
    }
    #commandBit(bit) {
        return (this.config.get(header.command, 2) & bit) !== 0;
    }
}
/** A function with a type 0 header and a device behind it. */
export class EndpointFunction extends PciFunction {
    bars;
    /** The ARI capability, where the function has one. */
    ari;
    #endpoint;
    constructor(options) {
        super(options.slot, options.parent);
        defineEndpointHeader(this.config, options.identity);
        this.bars = options.bars.map((shape) => new Bar(this.config, shape));
        const capabilities = this.conventional
            ? options.capabilities.filter(({ kind, id }) => kind === "standard" && id !== pcie.id)
            : [...options.capabilities];
        const ariAt = options.ari ? endOfExtended(capabilities) : undefined;
        if (ariAt !== undefined)
            capabilities.push(ariCapability(ariAt));
        this.ari = ariAt === undefined ? undefined : new AriControl(this.config, ariAt);
        addCapabilities(this.config, capabilities);
        const express = capabilities.find(({ kind, id }) => kind === "standard" && id === pcie.id);
        if (express)
            this.#watchFunctionLevelReset(express.at + pcie.deviceControl);
    }
    /** The device; it is given once, after the function exists. */
    get endpoint() {
        if (!this.#endpoint)
            throw new Error("the function has no device behind it yet");
        return this.#endpoint;
    }
    attach(endpoint) {
        this.#endpoint = endpoint;
    }
    placeBar(index, placement) {
        const bar = this.bars.find((candidate) => candidate.index === index);
        if (!bar)
            throw new RangeError(`the function has no base address register ${index}`);
        bar.place(placement);
    }
    reset() {
        super.reset();
        this.#endpoint?.reset();
    }
    #watchFunctionLevelReset(deviceControl) {
        this.config.watch(deviceControl, 2, () => {
            const asked = this.config.get(deviceControl, 2) & pcie.initiateFunctionLevelReset;
            if (asked)
                this.reset();
        });
    }
}
