import { bridgeIdentity, busBelow, portTypeOf, } from "./bridge-kinds.js";
import { addCapabilities } from "./capability.js";
import { PciFunction } from "./function.js";
import { defineBridgeHeader, header, SECONDARY_BUS_RESET } from "./header.js";
import { pcie, pcieCapability } from "./pcie-capability.js";
const PCIE_AT = 0x40;
/** A function with a type 1 header and the bus behind it. */
export class PciBridge extends PciFunction {
    children = [];
    kind;
    alias;
    constructor({ slot, parent, kind, alias = "secondary-bus" }) {
        super(slot, parent);
        this.kind = kind;
        this.alias = alias;
        defineBridgeHeader(this.config, bridgeIdentity(kind));
        const portType = portTypeOf(kind);
        addCapabilities(this.config, portType ? [pcieCapability(PCIE_AT, portType)] : []);
        this.config.watch(header.bridgeControl, 2, () => {
            if (this.config.get(header.bridgeControl, 2) & SECONDARY_BUS_RESET)
                this.#resetBelow();
        });
    }
    /** What is behind the bridge. */
    get below() {
        return busBelow(this.kind);
    }
    get secondary() {
        return this.config.get(header.secondaryBus, 1);
    }
    get subordinate() {
        return this.config.get(header.subordinateBus, 1);
    }
    /** Whether configuration requests to a bus go to this bridge: it is one of those behind it. */
    leadsTo(bus) {
        return this.secondary <= bus && bus <= this.subordinate;
    }
    /** ARI Forwarding Enable: function numbers above 7 reach the link below. */
    get forwardsAri() {
        if (this.below !== "link")
            return false;
        return (this.config.get(PCIE_AT + pcie.deviceControl2, 2) & pcie.ariForwardingEnable) !== 0;
    }
    /** Programs bus numbers and window, as firmware does. */
    program({ secondary, subordinate = secondary, memory }) {
        this.config.set(header.primaryBus, 1, this.parent?.secondary ?? 0);
        this.config.set(header.secondaryBus, 1, secondary);
        this.config.set(header.subordinateBus, 1, subordinate);
        this.forward(memory);
    }
    /** Programs the highest bus number behind the bridge alone. */
    extendTo(subordinate) {
        this.config.set(header.subordinateBus, 1, subordinate);
    }
    /** Programs the window alone; an empty one for `undefined`. */
    forward(memory) {
        const { base, limit } = memory ?? { base: 0xfff0_0000, limit: 0 };
        this.config.set(header.memoryBase, 2, (base >>> 16) & 0xfff0);
        this.config.set(header.memoryLimit, 2, (limit >>> 16) & 0xfff0);
    }
    /** True if a memory address is forwarded to the bus behind. */
    forwards(address) {
        const base = this.config.get(header.memoryBase, 2) * 0x1_0000;
        const limit = this.config.get(header.memoryLimit, 2) * 0x1_0000 + 0xf_ffff;
        const at = Number(address);
        return this.memoryEnabled && at >= base && at <= limit;
    }
    reset() {
        super.reset();
        this.#resetBelow();
    }
    #resetBelow() {
        for (const child of this.children)
            child.reset();
    }
}
