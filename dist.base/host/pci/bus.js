import { seal, unseal } from "../core/sealed-data.js";
import { SnapshotError } from "../core/snapshot-error.js";
import { bytePortOver } from "../memory/byte-port.js";
import { PciBridge } from "./bridge.js";
import { requirePlaceOfBridge, requirePlaceOfEndpoint, usualKind, } from "./bridge-kinds.js";
import { checkFunctions, restoreFunctions, snapshotFunctions, } from "./bus-snapshot.js";
import { ConfigDoors } from "./config-doors.js";
import { FunctionDma } from "./dma.js";
import { EndpointFunction } from "./function.js";
import { InterruptPin } from "./interrupt-pin.js";
import { MmioSpace } from "./mmio.js";
import { busKindBelow, formatBdf, splitBdf, Topology } from "./topology.js";
const SNAPSHOT = { letters: "VIOB", version: 1, of: "a bus" };
/** One PCI Express segment: functions, their way to memory, and the processor's way to them. */
export class PciBus {
    topology = new Topology();
    /** Configuration space by function number, ports and ECAM. */
    config = new ConfigDoors(this.topology);
    #memory;
    #mmio = new MmioSpace(this.topology);
    #units = [];
    #dma = new Map();
    #pins = new Map();
    #listeners = { interrupt: new Set(), interruptPin: new Set() };
    /** Listeners that are running. */
    #telling = 0;
    constructor(options) {
        this.#memory = bytePortOver(options.memory);
    }
    /**
     * Listens to the interrupt messages that reach the root complex, or to changes of interrupt pins;
     * answers how to stop.
     */
    on(event, listener) {
        const listeners = this.#listeners[event];
        if (!listeners) {
            const known = Object.keys(this.#listeners).join(" and ");
            throw new TypeError(`a bus has the events ${known}, got "${event}"`);
        }
        listeners.add(listener);
        return () => listeners.delete(listener);
    }
    /** Plugs an endpoint in; the bridge of its bus number must exist. */
    addEndpoint(options) {
        const { bdf, model, bars = {}, ari = false } = options;
        const { bus, slot } = splitBdf(bdf);
        const parent = this.#parent(bdf, bus);
        const busKind = busKindBelow(parent);
        requirePlaceOfEndpoint(busKind, formatBdf(bdf));
        if (ari && busKind !== "link") {
            throw new RangeError(`${formatBdf(bdf)}: ari needs a root port or downstream port above`);
        }
        const type = parent ? "endpoint" : "root-complex-endpoint";
        const capabilities = model.capabilities(type);
        const { identity, bars: shapes } = model;
        const added = new EndpointFunction({ slot, parent, identity, bars: shapes, capabilities, ari });
        for (const [index, placement] of Object.entries(bars))
            added.placeBar(Number(index), placement);
        const dma = new FunctionDma(added, {
            memory: this.#memory,
            unitFor: (owner) => this.unitOf(owner),
            deliverInterrupt: (message) => this.deliverInterrupt(message),
        });
        const pin = new InterruptPin(added.config, (asserted) => {
            const change = { sourceId: added.id, pin: identity.interruptPin ?? 0, asserted };
            this.#tell("interruptPin", change);
        });
        const physicalMemory = this.#memory;
        added.attach(model.connect({ config: added.config, dma, pin, physicalMemory }));
        this.topology.add(added);
        this.#dma.set(added, dma);
        this.#pins.set(added, pin);
        return added;
    }
    /** Adds a bridge, programmed with its bus numbers and window. */
    addBridge(options) {
        const { bdf, alias } = options;
        const { bus, slot } = splitBdf(bdf);
        const parent = this.#parent(bdf, bus);
        const busKind = busKindBelow(parent);
        const kind = options.kind ?? usualKind(busKind);
        requirePlaceOfBridge(kind, busKind, formatBdf(bdf));
        if (alias !== undefined && kind !== "pcie-to-pci-bridge") {
            throw new RangeError(`${formatBdf(bdf)}: a ${kind} gives no requester ids, so it has no alias`);
        }
        const bridge = new PciBridge({ slot, parent, kind, ...(alias && { alias }) });
        bridge.program(options);
        this.topology.add(bridge);
        return bridge;
    }
    addUnit(unit) {
        this.#units.push(unit);
    }
    /** The unit in whose scope a function is; undefined where none is. */
    unitOf(requester) {
        return this.#units.find((unit) => unit.covers(requester))?.port;
    }
    /** Adds fixed registers to the memory space of the processor. */
    addWindow(window) {
        this.#mmio.addWindow(window);
    }
    /**
     * Takes functions out at once, as a hot removal does: configuration reads answer all ones, what
     * is in flight ends with UR, messages to them are lost. A bridge takes what is below with it.
     */
    remove(bdf) {
        const removed = this.topology.remove(bdf);
        if (removed.length === 0)
            throw new Error(`there is no function at ${formatBdf(bdf)}`);
        for (const each of removed) {
            if (!(each instanceof EndpointFunction))
                continue;
            this.#dma.get(each)?.abandon();
            this.#dma.delete(each);
            this.#pins.get(each)?.set(false);
            this.#pins.delete(each);
        }
    }
    /** Ends what is in flight of every function with UR: to be called before a unit is reset, which forgets it. */
    abandonRequests() {
        for (const dma of this.#dma.values())
            dma.abandon();
    }
    /**
     * Every function: configuration space, base addresses, device, requests in flight. Memory and units
     * are left to the caller.
     * @throws SnapshotError when a listener calls, and for a device without snapshots.
     */
    snapshot() {
        this.#requireQuiet();
        const functions = snapshotFunctions(this.topology);
        return seal(SNAPSHOT, { selected: this.config.selected, functions });
    }
    /** Throws what `restoreState` would throw, and changes nothing. @throws SnapshotError */
    checkSnapshot(snapshot) {
        this.#requireQuiet();
        checkFunctions(this.topology, unseal(SNAPSHOT, snapshot).functions);
    }
    /**
     * Puts every function back to where `snapshot` was taken; no message is sent, no listener called.
     * Requests in flight hold tokens of the units, whose state the caller restores with it.
     * @throws SnapshotError unless the same functions are plugged in at the same places.
     */
    restoreState(snapshot) {
        this.checkSnapshot(snapshot);
        const { selected, functions } = unseal(SNAPSHOT, snapshot);
        for (const dma of this.#dma.values())
            dma.forget();
        this.config.select(selected);
        restoreFunctions(this.topology, functions);
        for (const pin of this.#pins.values())
            pin.restore();
    }
    /** The endpoint function with this number; undefined if there is none. */
    endpoint(bdf) {
        const found = this.topology.find(bdf);
        return found instanceof EndpointFunction ? found : undefined;
    }
    /** Hands an interrupt message, of a function or a remapping unit, to the listeners. */
    deliverInterrupt(message) {
        this.#tell("interrupt", message);
    }
    /**
     * Hands a message of a remapping unit to the function that it names; false if it reaches none. With
     * `from` that function must be in the scope of the unit: its messages go nowhere else.
     */
    deliverPageGroupResponse(response, from) {
        const target = this.#receiver(response.sourceId, from);
        target?.endpoint.pageGroupResponse(response);
        return target !== undefined;
    }
    /** As `deliverPageGroupResponse`. */
    deliverDeviceTlbInvalidate(request, from) {
        const target = this.#receiver(request.sourceId, from);
        target?.endpoint.deviceTlbInvalidate(request);
        return target !== undefined;
    }
    /** A read of the processor in memory-mapped space; all ones if nothing answers. */
    read(address, size) {
        return this.#mmio.read(address, size);
    }
    write(address, size, value) {
        this.#mmio.write(address, size, value);
    }
    read32(address) {
        return Number(this.read(address, 4));
    }
    read64(address) {
        return this.read(address, 8);
    }
    write32(address, value) {
        this.write(address, 4, BigInt(value >>> 0));
    }
    write64(address, value) {
        this.write(address, 8, value);
    }
    #receiver(sourceId, from) {
        const found = this.topology.route(sourceId);
        if (!(found instanceof EndpointFunction) || found.conventional)
            return undefined;
        return from === undefined || this.unitOf(found) === from ? found : undefined;
    }
    #tell(event, what) {
        this.#telling += 1;
        try {
            for (const listener of [...this.#listeners[event]])
                listener(what);
        }
        finally {
            this.#telling -= 1;
        }
    }
    /** What devices are in the middle of while a listener runs is nothing that a snapshot could hold. */
    #requireQuiet() {
        if (this.#telling === 0)
            return;
        throw new SnapshotError("a listener is running: wait until the call has returned");
    }
    #parent(bdf, bus) {
        const parent = this.topology.bridgeOf(bus);
        if (bus !== 0 && parent?.secondary !== bus) {
            throw new RangeError(`no bridge leads to bus ${bus}, needed for ${formatBdf(bdf)}`);
        }
        return parent;
    }
}
