import { writeAcpi } from "./acpi/root-tables.js";
import { endpointModel } from "./devices/gallery.js";
import { describeMachine } from "./machine/acpi-description.js";
import { numberBuses } from "./machine/bus-tree.js";
import { resolveFirmware } from "./machine/firmware.js";
import { InterruptLog } from "./machine/interrupt-log.js";
import { ioApic } from "./machine/io-apic.js";
import { memoryMap } from "./machine/memory-map.js";
import { connectUnit, placeUnit, registerBytesOf } from "./machine/placed-unit.js";
import { restoreMachine, snapshotMachine, } from "./machine/snapshot.js";
import { resolveScopes } from "./machine/unit-scope.js";
import { GuestMemory } from "./memory/guest-memory.js";
import { PciBus } from "./pci/bus.js";
import { sendInterrupt } from "./pci/interrupt-path.js";
import { assignResources } from "./pci/resources.js";
import { formatBdf } from "./pci/topology.js";
import { parseSourceId } from "./spec/source-id.js";
const FIRST_WINDOW = 0xe800_0000;
const DEFAULT_ECAM = { base: 0xb0000000n, lastBus: 255 };
/** Bound of `settle`: nothing that ends by itself takes longer. */
const SETTLE_TICKS = 1_000_000;
/**
 * The built-in machine: RAM, a PCI Express bus, remapping units and endpoints, wired. Everything is
 * synchronous and deterministic; time passes only in `run`.
 */
export class Machine {
    memory;
    /** Memory-mapped registers of units and endpoints: `bus.read32(address)`; hot plug. */
    bus;
    /** Configuration space, through function numbers, ports or ECAM. */
    config;
    /** Remapping units in the order of the options. */
    units;
    /** Interrupt messages of units and endpoints. */
    interrupts = new InterruptLog();
    #placed;
    #scopes;
    #firmware;
    #ecam;
    constructor(memory, placed, options) {
        this.memory = memory;
        this.bus = new PciBus({ memory });
        this.config = this.bus.config;
        this.#placed = placed;
        this.#ecam = options.topology?.ecam ?? DEFAULT_ECAM;
        this.units = placed.map(({ iommu }) => iommu);
        this.bus.on("interrupt", (message) => {
            this.interrupts.deliver(message);
        });
        const { bridges, endpoints } = numberBuses(options);
        for (const bridge of bridges)
            this.bus.addBridge(bridge);
        for (const endpoint of endpoints)
            this.#plugIn(endpoint);
        requireEcamOf(bridges, this.#ecam.lastBus);
        const given = placed.map(({ scope }) => scope);
        this.#scopes = resolveScopes(this.bus.topology, given);
        placed.forEach((unit, index) => {
            connectUnit(this.bus, unit, this.#scopes[index]);
        });
        this.#firmware = resolveFirmware(options.firmware ?? {}, this.bus.topology, memory);
        this.bus.addWindow(this.config.ecamWindow(this.#ecam.base, this.#ecam.lastBus));
        assignResources(this.bus.topology, FIRST_WINDOW);
    }
    /**
     * A machine as firmware hands it over: bridges have bus numbers and windows, base address registers
     * have addresses, memory space is enabled, bridges forward DMA, and no endpoint is a bus master.
     * @throws CapabilityError, RangeError for options that no machine can have.
     */
    static async create(options) {
        const { memory: ram } = options;
        const memory = ram instanceof GuestMemory ? ram : GuestMemory.create(ram);
        const placed = [];
        for (const unit of options.units ?? []) {
            placed.push(await placeUnit(unit, placed.at(-1), memory));
        }
        return new Machine(memory, placed, options);
    }
    /**
     * A machine that goes on where `snapshot` was taken. `options` are those of the original; endpoints
     * that were plugged in or out since then are to be there or not. Guest memory comes from the
     * snapshot, or from `options.memory` if the snapshot has none.
     * @throws SnapshotError for the snapshot of another version, or of another shape of machine.
     */
    static async restore(snapshot, options) {
        const machine = await Machine.create(options);
        machine.restoreState(snapshot);
        return machine;
    }
    /**
     * Everything that the machine knows: units, functions, devices with their requests in flight,
     * pending interrupts, and guest memory unless `options` say otherwise; versioned.
     * @throws SnapshotError when a listener of the machine calls, and for a device without snapshots.
     */
    snapshot(options = {}) {
        return snapshotMachine(this.#parts, options);
    }
    /**
     * Puts this machine back to where `snapshot` was taken, of itself or of another one like it.
     * Listeners stay, and none is called. Guest memory is left alone if the snapshot has none. Nothing
     * has changed when it throws.
     * @throws SnapshotError for the snapshot of another version or of another shape of machine, and
     * when a listener of the machine calls.
     */
    restoreState(snapshot) {
        restoreMachine(this.#parts, snapshot);
    }
    get #parts() {
        const { memory, bus, interrupts } = this;
        return { memory, bus, interrupts, units: this.#placed, ecam: this.#ecam };
    }
    /** Lets time pass: in each tick every endpoint does one step, then every unit's clock runs. */
    run(ticks) {
        for (let i = 0; i < ticks; i++) {
            for (const { endpoint } of this.bus.topology.endpoints())
                endpoint.tick(1);
            for (const unit of this.units)
                unit.advance(1);
        }
    }
    /** Runs until no endpoint gets anything done by itself. Answers the ticks that passed. */
    settle() {
        for (let ticks = 0; ticks < SETTLE_TICKS; ticks++) {
            if (!this.bus.topology.endpoints().some(({ endpoint }) => endpoint.busy))
                return ticks;
            this.run(1);
        }
        throw new Error(`an endpoint is still at work after ${SETTLE_TICKS} ticks; use run(ticks)`);
    }
    /** The endpoint at a place. @throws Error if there is none, or no longer. */
    endpoint(bdf) {
        const found = this.bus.endpoint(parseSourceId(bdf));
        if (!found)
            throw new Error(`there is no endpoint at ${formatBdf(parseSourceId(bdf))}`);
        return found;
    }
    /** Hot-removes a function, with everything below if it is a bridge. */
    remove(bdf) {
        this.bus.remove(parseSourceId(bdf));
    }
    /** Hot-adds an endpoint; software gives addresses to its base address registers. */
    add(endpoint) {
        return this.#plugIn(endpoint);
    }
    /**
     * Sends a message of the I/O APIC, whose model is the user's, through the last unit (§5.1); answers
     * false if the unit blocks it.
     */
    ioApicInterrupt(message) {
        const request = { ...message, sourceId: ioApic.sourceId };
        const blocked = sendInterrupt(request, this.units.at(-1), (remapped) => {
            this.bus.deliverInterrupt(remapped);
        });
        return blocked === undefined;
    }
    /** RAM and reserved ranges, as firmware reports them: reserved regions are no RAM (§8.4). */
    memoryMap() {
        const { base, lastBus } = this.#ecam;
        return memoryMap(this.memory.regions, [
            ...this.#firmware.reservedRegions.map((region) => ({
                start: region.base,
                size: region.size,
            })),
            { start: base, size: BigInt((lastBus + 1) * 2 ** 20) },
            ...this.#placed.map((unit) => ({ start: unit.base, size: registerBytesOf(unit) })),
        ]);
    }
    /** MADT, MCFG and DMAR, which describe this machine. */
    acpiTables() {
        return describeMachine({
            units: this.#placed.map(({ base, iommu, proximityDomain }, index) => {
                const { hostAddressWidth, registerBytes, values } = iommu.capabilities;
                const place = { base, registerBytes, scope: this.#scopes[index] };
                return { ...place, hostAddressWidth, values, proximityDomain };
            }),
            topology: this.bus.topology,
            firmware: this.#firmware,
            ecam: this.#ecam,
        });
    }
    /** Writes the ACPI tables to memory; answers the address of the RSDP. */
    writeAcpi(placement) {
        return writeAcpi(this.memory, this.acpiTables(), placement);
    }
    #plugIn({ bdf, ari = false, ...choice }) {
        return this.bus.addEndpoint({ bdf: parseSourceId(bdf), model: endpointModel(choice), ari });
    }
}
function requireEcamOf(bridges, lastBus) {
    const last = Math.max(0, ...bridges.map(({ secondary }) => secondary));
    if (last > lastBus) {
        throw new RangeError(`ecam.lastBus is ${lastBus}: the topology has buses up to ${last}`);
    }
}
