import { FrameAllocator } from "../../tables/frames.js";
import { Channel } from "./channel.js";
import { GlobalCommands } from "./commands.js";
import { Endpoints, pattern } from "./endpoints.js";
import { UnitEvents } from "./events.js";
import { Expectations } from "./expectations.js";
import { FaultExpectations } from "./fault-expectations.js";
import { FaultRecords } from "./faults.js";
import { descriptor, InvalidationQueue } from "./invalidation.js";
import { PageRequestQueue } from "./page-requests.js";
import { RegisterBank } from "./registers.js";
import { ShadowMemory } from "./shadow-memory.js";
import { CaseSkip } from "./verdicts.js";
import { World } from "./world.js";
/** What a case works with: one unit after power-good reset, and the idioms of its software. */
export class Bench {
    capabilities;
    /** Guest memory as the case writes it; see ShadowMemory. */
    memory = new ShadowMemory();
    /** Frames of the suite's RAM. */
    frames;
    registers;
    commands;
    queue;
    pageRequests;
    endpoints;
    events;
    faults;
    expect;
    expectFault;
    #channel;
    #nextPattern = 1;
    constructor(session, capabilities) {
        const { memory } = this;
        const channel = new Channel(session, memory);
        this.#channel = channel;
        this.capabilities = capabilities;
        this.frames = new FrameAllocator(session.description.memory);
        const registers = new RegisterBank(channel, capabilities);
        const commands = new GlobalCommands(registers);
        const endpoints = new Endpoints(channel);
        const records = new FaultRecords(channel, registers, capabilities);
        const expect = new Expectations(channel, memory, registers);
        const { frames } = this;
        this.registers = registers;
        this.commands = commands;
        this.endpoints = endpoints;
        this.faults = records;
        this.expect = expect;
        this.queue = new InvalidationQueue({
            ...{ channel, memory, registers, commands, frames, capabilities },
        });
        this.pageRequests = new PageRequestQueue({ channel, registers, frames });
        this.events = new UnitEvents(channel, registers);
        this.expectFault = new FaultExpectations({ endpoints, expect, records, capabilities });
    }
    /** A field of CAP or ECAP, or MAJOR or MINOR. */
    value(capability) {
        const value = this.capabilities.values[capability];
        if (value === undefined)
            throw new RangeError(`no capability "${capability}"`);
        return value;
    }
    has(capability) {
        return this.value(capability) !== 0;
    }
    /** Bits of a host physical address. */
    get hostAddressWidth() {
        return this.#channel.session.description.hostAddressWidth;
    }
    /** Source-id of an endpoint of the target. Throws a CaseSkip if there are not so many. */
    endpoint(index = 0) {
        const { endpoints, abilities } = this.#channel.session.description;
        const found = endpoints[index];
        if (found !== undefined)
            return found;
        if (abilities.has("any-source-id"))
            return 0x0400 + 8 * index;
        throw new CaseSkip(`needs ${index + 1} endpoints; the target has ${endpoints.length}`);
    }
    /** Tables of a kind for the first endpoint; nothing is enabled yet. */
    world(kind, options = {}) {
        const { memory, frames, capabilities, hostAddressWidth } = this;
        const ground = { memory, frames, capabilities, hostAddressWidth, sourceId: this.endpoint() };
        return new World(kind, ground, options);
    }
    /** A page of RAM with contents that no other page of the case has. */
    page(count = 1) {
        const page = this.frames.allocate(count);
        for (let index = 0; index < count; index++) {
            this.memory.writeBytes(page + BigInt(4096 * index), pattern(4096, this.#nextPattern++));
        }
        return page;
    }
    /** RAM that starts at a multiple of its size, a power of two from 4 KiB up. */
    aligned(size) {
        const count = size / 4096;
        for (;;) {
            const frame = this.frames.allocate(1);
            if ((frame + 4096n) % BigInt(size) === 0n)
                return this.frames.allocate(count);
        }
    }
    /** The enabling sequence of a driver: queue, if the unit has one, root pointer, TE (§11.4.4.1). */
    async start(world) {
        if (this.has("QI") && !this.queue.started)
            await this.queue.start();
        await this.commands.setRoot(world.rootTableAddress);
        await this.invalidateAll();
        await this.commands.command("TE");
    }
    /** Global invalidation of all that translation caches (§6.5.3.1), through the queue if it is on. */
    async invalidateAll() {
        if (this.queue.started) {
            // In legacy mode the type of a PASID-cache invalidation is an invalid one (§6.5.2, Table 26).
            const scalable = (await this.registers.field("RTADDR", "TTM")) === 1n;
            await this.queue.run(descriptor("CC_INV", { G: 1 }), ...(scalable ? [descriptor("PASID_CACHE_INV", { G: 3 })] : []), descriptor("IOTLB_INV", { G: 1 }));
            return;
        }
        await this.registers.write("CCMD", { ICC: 1, CIRG: 1 });
        await this.registers.waitFor("CCMD", { ICC: 0 });
        await this.registers.write("IOTLB", { IVT: 1, IIRG: 1 });
        await this.registers.waitFor("IOTLB", { IVT: 0 });
    }
    /** An access reads `length` bytes that are those at `output`. */
    async expectRead(address, output, request = {}) {
        const { length = 4, ...fields } = request;
        const answer = await this.endpoints.dma({ ...fields, address, access: "read", length });
        const what = `DMA read of 0x${address.toString(16)}`;
        const expected = this.memory.readBytes(output, length);
        this.expect.fields(what, { ...answer }, { outcome: "done", data: expected });
    }
    /** An access writes, and memory at `output` has what it wrote. */
    async expectWrite(address, output, request = {}) {
        const { length = 4, ...fields } = request;
        const data = pattern(length, 0x80 | this.#nextPattern++);
        const answer = await this.endpoints.dma({ ...fields, address, access: "write", data });
        const what = `DMA write to 0x${address.toString(16)}`;
        if (!this.expect.fields(what, { ...answer }, { outcome: "done" }))
            return;
        await this.expect.memory(what, output, data);
    }
    /** Makes accesses of the unit to these bytes fail. */
    async poison(address, length, kinds = {}) {
        await this.#channel.post({ op: "poison", address, length, ...kinds });
    }
    /** Undoes every `poison`. */
    async heal() {
        await this.#channel.post({ op: "heal" });
    }
    /** Lets the clock of the unit run. */
    async advance(ticks) {
        await this.#channel.post({ op: "advance", ticks });
    }
    /** Resets the unit; guest memory stays. */
    async reset(kind) {
        await this.#channel.post({ op: "reset", kind });
    }
    /** Sends what still waits to be sent. */
    async finish() {
        await this.#channel.flush();
    }
    /** Ends the case as skipped, for something that only its steps find out. */
    skip(reason) {
        throw new CaseSkip(reason);
    }
}
