import { join } from "node:path";
import { dmarTable } from "../../acpi/dmar.js";
import { endpointModel } from "../../devices/gallery.js";
import { Iommu } from "../../iommu.js";
import { hasAts } from "../../pci/ats-capability.js";
import { PciBus } from "../../pci/bus.js";
import { formatBdf, splitBdf } from "../../pci/topology.js";
import { parseSourceId } from "../../spec/source-id.js";
import { BackgroundClock } from "./background-clock.js";
import { serveEndpoint } from "./endpoint-service.js";
import { FunctionSocket } from "./function-socket.js";
import { isPrivateMemory, RamFile } from "./ram-file.js";
import { bytesOf } from "./register-bytes.js";
import { serveUnit, UNIT_WINDOW_BASE } from "./unit-service.js";
const MESSAGE_BYTES = 4;
/**
 * A unit and endpoints behind it for a QEMU that runs beside this process: one socket for each function.
 * Tables, queues and the data of DMA are read and written in the shared RAM file; messages carry register
 * accesses one way, and interrupts the other.
 */
export class VfioUserServer {
    iommu;
    bus;
    memory;
    endpoints;
    #sockets;
    #interruptsDelivered = 0;
    #unitAt;
    #clock;
    #listeners = {
        connected: new Set(),
        refused: new Set(),
        disconnected: new Set(),
        misplaced: new Set(),
        unshared: new Set(),
        lostInterrupt: new Set(),
    };
    constructor(iommu, memory, sockets, options) {
        this.iommu = iommu;
        this.memory = memory;
        this.bus = new PciBus({ memory });
        this.#clock = this.#createClock();
        this.#connectUnit();
        const { endpoints = [{ kind: "dma-engine", at: "00:05.0" }] } = options;
        this.#unitAt = parseSourceId(options.unitAt ?? "00:04.0");
        this.endpoints = endpoints.map(({ at, ...choice }) => this.bus.addEndpoint({ bdf: parseSourceId(at), model: endpointModel(choice) }));
        sockets.push(...this.#createSockets(options));
        this.#sockets = sockets;
    }
    /**
     * A server that listens on all its sockets.
     * @throws RangeError, CapabilityError for options that cannot be.
     * @throws Error of node:fs or node:net if the file or a socket cannot be used.
     */
    static async start(options) {
        const sockets = [];
        const memory = new RamFile(options.ramFile, () => sockets.map(({ dma }) => dma));
        const iommu = await Iommu.create({ preset: "linux", ...options.unit, memory });
        const server = new VfioUserServer(iommu, memory, sockets, options);
        try {
            await listenAll(sockets);
        }
        catch (error) {
            await server.close();
            throw error;
        }
        return server;
    }
    /** Place and socket of each function, the unit's first: what QEMU's options name. */
    get functions() {
        const places = [this.#unitAt, ...this.endpoints.map(({ id }) => id)];
        return this.#sockets.map(({ path }, index) => ({
            at: formatBdf(places[index]),
            socket: path,
        }));
    }
    /** Interrupt messages that the client of the unit took. */
    get interruptsDelivered() {
        return this.#interruptsDelivered;
    }
    /** The DMAR table that tells the guest of the unit, for QEMU's option -acpitable. */
    get dmar() {
        const scope = ({ id }) => ({ kind: "endpoint", path: [splitBdf(id).slot] });
        const withAts = this.endpoints.filter(({ config }) => hasAts(config)).map(scope);
        return dmarTable({
            hostAddressWidth: this.iommu.capabilities.hostAddressWidth,
            units: [{ base: BigInt(UNIT_WINDOW_BASE), scopes: this.endpoints.map(scope) }],
            ...(withAts.length > 0 && { integratedDevices: [{ scopes: withAts }] }),
        });
    }
    on(event, listener) {
        const listeners = this.#listeners[event];
        listeners.add(listener);
        return () => listeners.delete(listener);
    }
    /** Ends all clients, and takes the sockets away. */
    async close() {
        this.#clock.stop();
        await Promise.all(this.#sockets.map((socket) => socket.close()));
        this.memory.close();
    }
    #emit(event, what) {
        for (const listener of [...this.#listeners[event]])
            listener(what);
    }
    #createClock() {
        return new BackgroundClock({
            tick: () => {
                this.iommu.advance(1);
                for (const { endpoint } of this.bus.topology.endpoints())
                    endpoint.tick(1);
            },
            busy: () => this.bus.topology.endpoints().some(({ endpoint }) => endpoint.busy),
            skipToDeadline: () => {
                const ticks = this.iommu.nextDeadline();
                if (ticks === undefined)
                    return false;
                this.iommu.advance(ticks);
                return true;
            },
        });
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
        bus.on("interrupt", (message) => {
            this.#sendInterrupt(message);
        });
    }
    #createSockets(options) {
        const accessed = () => {
            this.#clock.wake();
        };
        const unit = serveUnit({
            iommu: this.iommu,
            resetting: () => {
                this.bus.abandonRequests();
            },
            accessed,
            placed: (address) => {
                if (address !== UNIT_WINDOW_BASE)
                    this.#emit("misplaced", misplaced(address));
            },
        });
        const served = [unit, ...this.endpoints.map((endpoint) => serveEndpoint(endpoint, accessed))];
        const names = ["unit", ...this.endpoints.map(({ id }) => formatBdf(id).replaceAll(":", "-"))];
        const { directory, dmaLayout = "count64" } = options;
        return served.map((each, index) => new FunctionSocket({
            path: join(directory, `${names[index]}.sock`),
            served: each,
            dmaLayout,
            events: this.#socketEvents(),
        }));
    }
    #socketEvents() {
        return {
            connected: ({ name }) => {
                this.#emit("connected", name);
            },
            mapped: (_served, region) => {
                if (isPrivateMemory(region))
                    this.#emit("unshared", UNSHARED);
            },
            refused: ({ name }, reason) => {
                this.#emit("refused", `${name}: ${reason}`);
            },
            disconnected: ({ name }, reason) => {
                this.#emit("disconnected", { name, reason });
            },
        };
    }
    /** An interrupt is a write of its data; the unit's client is a bus master always. */
    #sendInterrupt(message) {
        const client = this.#sockets[0]?.client;
        if (client === undefined) {
            this.#emit("lostInterrupt", message);
            return;
        }
        void client
            .dmaWrite(message.address, bytesOf(BigInt(message.data), MESSAGE_BYTES))
            .then((taken) => {
            if (taken)
                this.#interruptsDelivered++;
            else
                this.#emit("lostInterrupt", message);
        });
    }
}
/** None is left on its way when this throws. */
async function listenAll(sockets) {
    const outcomes = await Promise.allSettled(sockets.map((socket) => socket.listen()));
    const failure = outcomes.find((outcome) => outcome.status === "rejected");
    if (failure !== undefined)
        throw failure.reason;
}
const UNSHARED = "the guest's memory is not shared with the server: give QEMU's memory-backend-file the option share=on, " +
    "and the machine that memory";
function misplaced(address) {
    const hex = (value) => `0x${value.toString(16)}`;
    return (`the guest has put the unit's registers at ${hex(address)}, and DMAR says ${hex(UNIT_WINDOW_BASE)}: ` +
        `take a device with a window of 16 MiB or more out of the machine`);
}
