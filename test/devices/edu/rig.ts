import { edu, type EduOptions } from "../../../host/devices/edu/model.js";
import { capabilityAt, reg } from "../../../host/devices/edu/registers.js";
import { GuestMemory } from "../../../host/memory/guest-memory.js";
import { PciBus } from "../../../host/pci/bus.js";
import type { InterruptPinChange } from "../../../host/pci/interrupt-pin.js";
import type { MessageSignaledInterrupt } from "../../../host/spec/requests.js";
import { FakeUnit } from "../../pci/fake-unit.js";

export const BDF = 0x0018;
const BAR = 0xe810_0000n;

/** An edu device on a bus behind a fake unit, driven through registers and memory only. */
export class Rig {
  readonly memory = GuestMemory.create({ size: 2 ** 20 });
  readonly bus = new PciBus({ memory: this.memory });
  readonly unit = new FakeUnit();
  readonly messages: MessageSignaledInterrupt[] = [];
  readonly pins: InterruptPinChange[] = [];

  constructor(options?: EduOptions) {
    this.bus.addEndpoint({ bdf: BDF, model: edu(options), bars: { 0: { address: Number(BAR) } } });
    this.bus.addUnit({ port: this.unit, covers: () => true });
    this.bus.on("interrupt", (message) => this.messages.push(message));
    this.bus.on("interruptPin", (change) => this.pins.push(change));
    this.bus.config.write16(BDF, 4, 6);
  }

  read(offset: number): number {
    return this.bus.read32(BAR + BigInt(offset));
  }

  write(offset: number, value: number): void {
    this.bus.write32(BAR + BigInt(offset), value);
  }

  read64(offset: number): bigint {
    return this.bus.read64(BAR + BigInt(offset));
  }

  write64(offset: number, value: bigint): void {
    this.bus.write64(BAR + BigInt(offset), value);
  }

  get busy(): boolean {
    return this.bus.endpoint(BDF)?.endpoint.busy === true;
  }

  run(ticks: number): void {
    this.bus.endpoint(BDF)?.endpoint.tick(ticks);
  }

  enableMsi(data = 0x51): void {
    this.bus.config.write32(BDF, capabilityAt.msi + 4, 0xfee0_0000);
    this.bus.config.write16(BDF, capabilityAt.msi + 12, data);
    this.bus.config.write16(BDF, capabilityAt.msi + 2, 1);
  }

  /** Starts a transfer, as a driver does. */
  start(source: bigint, destination: bigint, count: bigint, command: number): void {
    this.write64(reg.dmaSource, source);
    this.write64(reg.dmaDestination, destination);
    this.write64(reg.dmaCount, count);
    this.write(reg.dmaCommand, command);
  }
}
