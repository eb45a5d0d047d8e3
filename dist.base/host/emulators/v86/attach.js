import { Iommu } from "../../iommu.js";
import { hasAts } from "../../pci/ats-capability.js";
import { PciBus } from "../../pci/bus.js";
import { describeMachine } from "./acpi-tables.js";
import { GuestClock } from "./guest-clock.js";
import { GuestLoop } from "./guest-loop.js";
import { V86Memory } from "./guest-ram.js";
import { checkedCpu, isLoaded } from "./internals.js";
import { InterruptPins } from "./interrupt-pins.js";
import { InterruptDelivery } from "./interrupts.js";
import { registerWindows } from "./mmio-windows.js";
import { findOwnDevices } from "./own-devices.js";
import { addToConfigPorts, ecamOf, requireFreePlace } from "./pci-config.js";
import { placeOf, plugIn, requireMultiple, } from "./places.js";
import { extendSavedState } from "./saved-state.js";
const attached = new WeakSet();
/**
 * Puts a virtual IOMMU and endpoints behind it into a v86 machine that has not run yet. The options
 * of the emulator must have gone through `prepareV86`.
 * @throws {V86MismatchError} if v86 lacks a name that is needed, which the error names.
 * @throws {Error} if the emulator runs already, has an IOMMU already, or no local APIC.
 */
export async function attachIommu(emulator, options = {}) {
    await loaded(emulator);
    const cpu = checkedCpu(emulator);
    if (emulator.is_running())
        throw new Error("the guest runs already: attach before run()");
    if (cpu.acpi_enabled[0] === 0) {
        throw new Error("v86 was made without acpi, so it has no local APIC: use prepareV86");
    }
    const { machine, unit } = placeOf(options);
    for (const { bdf } of machine.endpoints)
        requireFreePlace(cpu, bdf);
    const ownDevices = findOwnDevices(cpu, machine.translatedDevices);
    const memory = new V86Memory(cpu);
    const iommu = await Iommu.create({ ...unit, memory: memory.placement, reportWrites: true });
    if (machine.interruptRemapping && iommu.capabilities.values["IR"] !== 1) {
        throw new RangeError('interruptRemapping "msi-only" needs a unit with ECAP.IR');
    }
    // §8.3: the registers are aligned to their size.
    requireMultiple("registerBase", machine.registerBase, iommu.capabilities.registerBytes);
    if (attached.has(emulator))
        throw new Error("this emulator has an IOMMU already");
    attached.add(emulator);
    return new Attachment({ emulator, cpu, memory, iommu, places: machine, ownDevices });
}
function loaded(emulator) {
    if (isLoaded(emulator))
        return Promise.resolve();
    return new Promise((resolve) => {
        const listener = () => {
            emulator.remove_listener("emulator-loaded", listener);
            resolve();
        };
        emulator.add_listener("emulator-loaded", listener);
    });
}
/** A virtual IOMMU and its endpoints in a v86 machine. */
export class Attachment {
    iommu;
    bus;
    /** RAM of the guest. */
    memory;
    endpoints;
    /** v86's own devices whose memory requests pass the unit. */
    translatedDevices;
    /** How the guest came to its end, which also stops it; rejected by a defect of the host. */
    ending;
    #emulator;
    #cpu;
    #loop;
    #clock;
    #interrupts;
    #pins;
    #lostListeners = new Set();
    /** Use `attachIommu`. */
    constructor({ emulator, cpu, memory, iommu, places, ownDevices }) {
        this.#emulator = emulator;
        this.#cpu = cpu;
        this.memory = memory;
        this.iommu = iommu;
        this.bus = new PciBus({ memory });
        this.#clock = this.#createClock();
        this.#loop = new GuestLoop(cpu, {
            pause: (halted) => {
                const more = this.#clock.pause(halted);
                return this.#pins.raiseWaiting() || more;
            },
            reset: () => {
                this.#reset();
            },
            ended: () => void emulator.stop(),
        });
        this.ending = this.#loop.ending;
        this.#interrupts = new InterruptDelivery(cpu, () => this.#loop.guestRuns);
        this.#pins = new InterruptPins(cpu, () => this.#loop.guestRuns);
        this.#connectUnit();
        this.endpoints = plugIn(this.bus, places);
        this.translatedDevices = ownDevices;
        this.#connectOwnDevices();
        this.#showToGuest(places);
        this.#extendSavedState(places);
    }
    /** Messages that became requests of the guest's local APIC. */
    get interruptsDelivered() {
        return this.#interrupts.delivered;
    }
    /** Listens to messages that reached no CPU; answers how to stop. */
    onLostInterrupt(listener) {
        this.#lostListeners.add(listener);
        return () => this.#lostListeners.delete(listener);
    }
    /** Lets a sleeping guest's devices run now: the host did something to an endpoint or the unit. */
    wake() {
        this.#cpu.stop_idling();
    }
    /** Stops the guest and frees the emulator. */
    async destroy() {
        const destroyed = this.#emulator.destroy();
        this.#cpu.stop_idling();
        await destroyed;
    }
    #extendSavedState({ registerBase, ecam, exitPort }) {
        const shape = {
            "guest RAM of": this.memory.size,
            registerBase,
            ecamBase: ecam.base,
            exitPort,
            translatedDevices: this.translatedDevices.map(({ name }) => name),
        };
        extendSavedState(this.#emulator, {
            iommu: this.iommu,
            bus: this.bus,
            pci: this.#cpu.devices.pci,
            guestRuns: () => this.#loop.guestRuns,
            hasEnded: () => this.#loop.isOver,
            around: () => ({ shape, rest: this.#snapshot() }),
            restored: (rest) => {
                this.#restored(rest);
            },
        });
    }
    #snapshot() {
        return {
            clock: this.#clock.snapshot(),
            pins: this.#pins.snapshot(),
            interruptsDelivered: this.interruptsDelivered,
        };
    }
    #restored({ clock, pins, interruptsDelivered }) {
        this.#clock.restore(clock);
        this.#pins.restore(pins);
        this.#interrupts.delivered = interruptsDelivered;
        // v86 may have made its devices anew.
        this.#connectOwnDevices();
        this.wake();
    }
    #createClock() {
        return new GuestClock({
            tick: () => {
                this.iommu.advance(1);
                for (const { endpoint } of this.bus.topology.endpoints())
                    endpoint.tick(1);
            },
            busy: () => this.bus.topology.endpoints().some(({ endpoint }) => endpoint.busy),
            skipToDeadline: () => this.#skipToDeadline(),
        });
    }
    #skipToDeadline() {
        const ticks = this.iommu.nextDeadline();
        if (ticks === undefined)
            return false;
        this.iommu.advance(ticks);
        return true;
    }
    #connectUnit() {
        const { iommu, bus } = this;
        bus.addUnit({ port: iommu, covers: () => true });
        iommu.on("interrupt", (message) => {
            bus.deliverInterrupt(message);
        });
        iommu.on("pageGroupResponse", (response) => {
            bus.deliverPageGroupResponse(response);
        });
        iommu.on("deviceTlbInvalidate", (request) => {
            bus.deliverDeviceTlbInvalidate(request);
        });
        iommu.on("memoryWrite", ({ address, length }) => {
            this.memory.forgetCode(Number(address), length);
        });
        bus.on("interruptPin", (change) => {
            this.#pins.change(change);
            if (change.asserted)
                this.#clock.interrupt();
        });
        bus.on("interrupt", (message) => {
            const lost = this.#interrupts.deliver(message);
            this.#clock.interrupt();
            if (lost !== undefined)
                for (const listener of this.#lostListeners)
                    listener(message, lost);
        });
    }
    #connectOwnDevices() {
        const { bus, iommu: unit, memory } = this;
        const deliverInterrupt = (message) => {
            bus.deliverInterrupt(message);
        };
        for (const device of this.translatedDevices) {
            device.connect({ cpu: this.#cpu, memory, unit, deliverInterrupt });
        }
    }
    #showToGuest(places) {
        const cpu = this.#cpu;
        const { interruptRemapping, registerBase, ecam, exitPort } = places;
        const functions = { get: (id) => this.#configOf(id) };
        const space = ecamOf(cpu, functions);
        const ecamWindow = {
            ...ecam,
            read: (offset, size) => space.read(offset, size),
            write: (offset, size, value) => {
                space.write(offset, size, value);
            },
        };
        registerWindows(cpu, [ecamWindow, this.#unitWindow(registerBase), ...this.#barWindows()]);
        addToConfigPorts(cpu, functions);
        if (exitPort !== false)
            this.#loop.listenForExit(cpu, exitPort);
        describeMachine(cpu, this.memory, {
            hostAddressWidth: this.iommu.capabilities.hostAddressWidth,
            interruptRemapping,
            registerBase,
            registerBytes: this.iommu.capabilities.registerBytes,
            ecam,
            functions: [
                ...this.endpoints.map(({ id, config }) => ({ bdf: id, hasAts: hasAts(config) })),
                ...this.translatedDevices.map(({ sourceId }) => ({ bdf: sourceId, hasAts: false })),
            ],
        });
    }
    #unitWindow(base) {
        const { iommu } = this;
        return {
            base,
            size: iommu.capabilities.registerBytes,
            read: (offset, size) => this.#access(() => Number(iommu.access({ kind: "read", offset, size }).value)),
            write: (offset, size, value) => {
                this.#access(() => iommu.access({ kind: "write", offset, size, value: BigInt(value) }));
            },
        };
    }
    #barWindows() {
        return this.endpoints
            .flatMap(({ bars }) => bars)
            .map(({ address: base = 0, size }) => ({
            base,
            size,
            read: (offset, bytes) => this.#access(() => Number(this.bus.read(BigInt(base + offset), bytes))),
            write: (offset, bytes, value) => {
                this.#access(() => {
                    this.bus.write(BigInt(base + offset), bytes, BigInt(value));
                });
            },
        }));
    }
    #configOf(id) {
        const config = this.bus.topology.find(id)?.config;
        return (config && {
            read: (offset, size) => this.#access(() => config.read(offset, size)),
            write: (offset, size, value) => {
                this.#access(() => {
                    config.write(offset, size, value);
                });
            },
        });
    }
    /** An access of the guest to the unit or an endpoint, which passes time. */
    #access(work) {
        return this.#loop.guard(() => {
            const result = work();
            this.#clock.access();
            return result;
        });
    }
    /** The guest reset the machine. */
    #reset() {
        // The unit forgets requests in flight, so the endpoints end theirs before.
        for (const each of this.endpoints)
            each.reset();
        this.iommu.reset("warm");
    }
}
