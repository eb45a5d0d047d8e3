import { AtsControl } from "../../pci/ats-capability.js";
import { Msi } from "../../pci/msi.js";
import { PasidControl } from "../../pci/pasid-capability.js";
import { PriControl } from "../../pci/pri-capability.js";
import { AtsUse, Counters, Settings } from "./context.js";
import { DeviceTlb } from "./device-tlb.js";
import { defineDeviceRegisters } from "./device-registers.js";
import { InterruptStatus } from "./interrupts.js";
import { Invalidations } from "./invalidations.js";
import { PageRequestInterface } from "./page-requests.js";
import { defineQueueRegisters } from "./queue-registers.js";
import { Queue } from "./queue.js";
import { References, Referents } from "./references.js";
import { RegisterBank } from "./register-bank.js";
import { capabilityAt } from "./registers.js";
const CONFIG_BYTES = 4096;
/** The parts of a dma-engine, wired. docs/dma-engine.md describes what software sees. */
export class DmaEngine {
    context;
    queues;
    priControl;
    invalidations;
    msi;
    shape;
    #atsControl;
    scratch = 0;
    tlbIndex = 0;
    #registers = new RegisterBank();
    /** Something reached the device since the last tick, and may let a queue go on. */
    #touched = false;
    constructor(ports, sizes) {
        const { config, dma } = ports;
        this.shape = `dma-engine with ${sizes.queues} queues, ${sizes.tlbEntries} device-TLB entries`;
        const settings = new Settings();
        const counters = new Counters();
        const tlb = new DeviceTlb(sizes.tlbEntries);
        this.msi = new Msi(config, capabilityAt.msi, (message) => {
            const sent = dma.sendInterrupt(message);
            if (sent)
                counters.interruptsSent += 1;
            return sent;
        });
        const interrupts = new InterruptStatus(this.msi);
        this.#atsControl = new AtsControl(config, capabilityAt.ats);
        const ats = new AtsUse(this.#atsControl);
        this.#atsControl.onChange(() => {
            tlb.clear();
            ats.gaveUp = false;
        });
        this.priControl = new PriControl(config, capabilityAt.pri);
        const raise = (bits) => {
            interrupts.raise(bits);
        };
        const pri = new PageRequestInterface({
            control: this.priControl,
            dma,
            settings,
            counters,
            raise,
        });
        const pasid = new PasidControl(config, capabilityAt.pasid);
        this.context = { dma, ats, pasid, pri, tlb, settings, counters, interrupts };
        this.invalidations = new Invalidations({ dma, ats, tlb, settings, counters });
        this.queues = Array.from({ length: sizes.queues }, (_, n) => new Queue(n, this.context));
        defineDeviceRegisters(this.#registers, this, sizes);
        this.queues.forEach((queue, number) => {
            defineQueueRegisters(this.#registers, queue, number);
        });
        config.watch(0, CONFIG_BYTES, () => {
            this.#touched = true;
        });
    }
    get busy() {
        return this.#touched || this.invalidations.pending > 0 || this.queues.some((q) => q.proceeds);
    }
    readBar(_bar, offset, size) {
        return this.#registers.read(offset, size);
    }
    writeBar(_bar, offset, size, value) {
        this.#touched = true;
        this.#registers.write(offset, size, value);
    }
    tick(ticks) {
        for (let i = 0; i < ticks; i++) {
            this.#touched = false;
            this.msi.retry();
            this.invalidations.tick();
            for (const queue of this.queues)
                queue.step();
        }
    }
    /** Everything behind BAR0 as after power-on. */
    reset() {
        const { pri, tlb, settings, counters, interrupts, ats } = this.context;
        for (const queue of this.queues)
            queue.reset();
        pri.forget();
        tlb.clear();
        this.invalidations.reset();
        interrupts.reset();
        settings.reset();
        counters.reset();
        this.#atsControl.forgetChange();
        ats.gaveUp = false;
        this.scratch = 0;
        this.tlbIndex = 0;
    }
    snapshot() {
        const { pri, tlb, settings, counters, interrupts, ats } = this.context;
        const references = new References();
        return {
            queues: this.queues.map((queue) => queue.snapshot(references)),
            pri: pri.snapshot(references),
            tlb: tlb.snapshot(references),
            invalidations: this.invalidations.snapshot(references),
            interrupts: interrupts.snapshot(),
            settings: { ...settings },
            counters: { ...counters },
            atsGaveUp: ats.gaveUp,
            scratch: this.scratch,
            tlbIndex: this.tlbIndex,
            touched: this.#touched,
            references: references.snapshot(),
        };
    }
    restore(state) {
        const data = state;
        const { pri, tlb, settings, counters, interrupts, ats } = this.context;
        const referents = new Referents(data.references);
        this.queues.forEach((queue, number) => {
            queue.restore(data.queues[number], referents);
        });
        pri.restore(data.pri, referents);
        tlb.restore(data.tlb, referents);
        this.invalidations.restore(data.invalidations, referents);
        interrupts.restore(data.interrupts);
        Object.assign(settings, data.settings);
        Object.assign(counters, data.counters);
        this.#atsControl.forgetChange();
        ats.gaveUp = data.atsGaveUp;
        this.scratch = data.scratch;
        this.tlbIndex = data.tlbIndex;
        this.#touched = data.touched;
    }
    pageGroupResponse(response) {
        this.#touched = true;
        this.context.pri.respond(response);
    }
    deviceTlbInvalidate(request) {
        this.#touched = true;
        this.invalidations.receive(request);
    }
}
