import { AtsControl } from "../../pci/ats-capability.js";
import type { Endpoint, EndpointPorts } from "../../pci/endpoint.js";
import { Msi } from "../../pci/msi.js";
import { PasidControl } from "../../pci/pasid-capability.js";
import { PriControl } from "../../pci/pri-capability.js";
import type { DeviceTlbInvalidate, PageGroupResponse } from "../../spec/requests.js";
import { AtsUse, Counters, Settings, type EngineContext } from "./context.js";
import { DeviceTlb } from "./device-tlb.js";
import { defineDeviceRegisters } from "./device-registers.js";
import { InterruptStatus } from "./interrupts.js";
import { Invalidations } from "./invalidations.js";
import { PageRequestInterface } from "./page-requests.js";
import { defineQueueRegisters } from "./queue-registers.js";
import { Queue } from "./queue.js";
import { RegisterBank } from "./register-bank.js";
import { capabilityAt } from "./registers.js";

const CONFIG_BYTES = 4096;

/** The parts of a dma-engine, wired. docs/dma-engine.md describes what software sees. */
export class DmaEngine implements Endpoint {
  readonly context: EngineContext;
  readonly queues: readonly Queue[];
  readonly priControl: PriControl;
  readonly invalidations: Invalidations;
  readonly msi: Msi;
  scratch = 0;
  tlbIndex = 0;
  readonly #registers = new RegisterBank();
  /** Something reached the device since the last tick, and may let a queue go on. */
  #touched = false;

  constructor(ports: EndpointPorts, sizes: { queues: number; tlbEntries: number }) {
    const { config, dma } = ports;
    const settings = new Settings();
    const counters = new Counters();
    const tlb = new DeviceTlb(sizes.tlbEntries);
    this.msi = new Msi(config, capabilityAt.msi, (message) => {
      const sent = dma.sendInterrupt(message);
      if (sent) counters.interruptsSent += 1;
      return sent;
    });
    const interrupts = new InterruptStatus(this.msi);
    const atsControl = new AtsControl(config, capabilityAt.ats);
    const ats = new AtsUse(atsControl);
    atsControl.onChange(() => {
      tlb.clear();
      ats.gaveUp = false;
    });
    this.priControl = new PriControl(config, capabilityAt.pri);
    const raise = (bits: number) => {
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

  get busy(): boolean {
    return this.#touched || this.invalidations.pending > 0 || this.queues.some((q) => q.proceeds);
  }

  readBar(_bar: number, offset: number, size: number): bigint {
    return this.#registers.read(offset, size);
  }

  writeBar(_bar: number, offset: number, size: number, value: bigint): void {
    this.#touched = true;
    this.#registers.write(offset, size, value);
  }

  tick(ticks: number): void {
    for (let i = 0; i < ticks; i++) {
      this.#touched = false;
      this.msi.retry();
      this.invalidations.tick();
      for (const queue of this.queues) queue.step();
    }
  }

  /** Everything behind BAR0 as after power-on. */
  reset(): void {
    const { pri, tlb, settings, counters, interrupts, ats } = this.context;
    for (const queue of this.queues) queue.reset();
    pri.forget();
    tlb.clear();
    this.invalidations.reset();
    interrupts.reset();
    settings.reset();
    counters.reset();
    ats.gaveUp = false;
    this.scratch = 0;
    this.tlbIndex = 0;
  }

  pageGroupResponse(response: PageGroupResponse): void {
    this.#touched = true;
    this.context.pri.respond(response);
  }

  deviceTlbInvalidate(request: DeviceTlbInvalidate): void {
    this.#touched = true;
    this.invalidations.receive(request);
  }
}
