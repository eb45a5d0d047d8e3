import { describe, expect, it } from "vitest";
import { GuestMemory, Iommu } from "../../host/index.js";

/**
 * What a driver does that knows the manual alone, in the order in which Linux's driver for these
 * counters (drivers/iommu/intel/perfmon.c) goes about it. Offsets are those of §11.4.
 */
class Driver {
  readonly #counters: number;
  readonly #stride: number;
  readonly #width: bigint;
  readonly #configuration: number;
  readonly #values: number;
  readonly #overflow: number;
  readonly #events: number[];
  readonly #last = new Map<number, bigint>();
  readonly counts = new Map<number, bigint>();

  constructor(readonly iommu: Iommu) {
    const has = (register: number, bit: bigint) => (iommu.read64(register) >> bit) & 1n;
    if (!has(0x10, 51n) || !has(0x08, 61n)) throw new Error("no PMS, or no ECMDS");
    const capability = iommu.read64(0x300);
    const field = (low: bigint, bits: bigint) => Number((capability >> low) & ((1n << bits) - 1n));
    this.#counters = field(0n, 16n);
    this.#width = BigInt(field(16n, 7n));
    this.#stride = 1024 << field(52n, 3n);
    if (field(50n, 1n) === 0) throw new Error("no interrupt on overflow");
    if (((iommu.read64(0x448) >> 48n) & 0b110011n) !== 0b110011n) throw new Error("commands");
    const groups = Array.from({ length: field(24n, 5n) }, (_, group) => 0x380 + 8 * group);
    this.#events = groups.map((register) => Number(iommu.read64(register) & 0xfff_ffffn));
    this.#configuration = iommu.read32(0x310);
    this.#values = iommu.read32(0x31c);
    this.#overflow = iommu.read32(0x318);
    for (let counter = 0; counter < this.#counters; counter++) {
      if ((iommu.read32(this.#configurationOf(counter) + 0x80) & 1) !== 0) throw new Error("PCC");
    }
  }

  get shape() {
    return { counters: this.#counters, width: this.#width, stride: this.#stride };
  }

  get groups(): readonly number[] {
    return this.#events;
  }

  #configurationOf(counter: number): number {
    return this.#configuration + 0x100 * counter;
  }
  valueOf(counter: number): number {
    return this.#values + this.#stride * counter;
  }

  #command(code: number, operand: number): void {
    if ((this.iommu.read64(0x410) & 1n) !== 0n) throw new Error("a command is in progress");
    this.iommu.write64(0x400, (BigInt(operand) << 16n) | BigInt(code));
    for (let polls = 0; (this.iommu.read64(0x410) & 1n) !== 0n; polls++) {
      if (polls > 1000) throw new Error("the command does not complete");
    }
    const status = (this.iommu.read64(0x410) >> 1n) & 0x7fn;
    if (status !== 0n) throw new Error(`command 0x${code.toString(16)}: status ${status}`);
  }

  /** An interrupt vector, unmasked at last. */
  requestInterrupt(address: number, data: number): void {
    this.iommu.write32(0x32c, data);
    this.iommu.write32(0x330, address);
    this.iommu.write32(0x334, 0);
    this.iommu.write32(0x328, 0);
  }

  disable(): void {
    this.#command(0xf4, 0);
  }
  enable(): void {
    this.#command(0xf5, 0);
  }

  /** Configures the last counter that is free, and enables it; while all are frozen. */
  add(group: number, events: number, filter?: readonly [offset: number, value: number]): number {
    let counter = this.#counters - 1;
    while (this.counts.has(counter)) counter--;
    const at = this.#configurationOf(counter);
    this.iommu.write64(at, (BigInt(events) << 32n) | (BigInt(group) << 8n) | 2n);
    if (filter !== undefined) this.iommu.write32(at + filter[0], (filter[1] | (1 << 31)) >>> 0);
    this.#last.set(counter, this.iommu.read64(this.valueOf(counter)));
    this.counts.set(counter, 0n);
    this.#command(0xf0, counter);
    return counter;
  }

  update(counter: number): void {
    const now = this.iommu.read64(this.valueOf(counter));
    const delta = BigInt.asUintN(Number(this.#width), now - (this.#last.get(counter) ?? 0n));
    this.#last.set(counter, now);
    this.counts.set(counter, (this.counts.get(counter) ?? 0n) + delta);
  }

  remove(counter: number): void {
    this.#command(0xf1, counter);
    this.update(counter);
    for (const filter of [0x14, 0x18])
      this.iommu.write32(this.#configurationOf(counter) + filter, 0);
  }

  /** Answers whether the interrupt was the counters'. */
  handleInterrupt(): boolean {
    if (this.iommu.read32(0x324) === 0) return false;
    for (;;) {
      const status = this.iommu.read64(this.#overflow);
      if (status === 0n) break;
      for (let counter = 0; counter < this.#counters; counter++) {
        if ((status >> BigInt(counter)) & 1n) this.update(counter);
      }
      this.iommu.write64(this.#overflow, status);
    }
    this.iommu.write32(0x324, 1);
    return true;
  }
}

async function start() {
  const iommu = await Iommu.create({ memory: GuestMemory.create({ size: 2 ** 20 }) });
  const ask = (count: number) => {
    for (let n = 0; n < count; n++) iommu.translate({ sourceId: 8, address: 0n, access: "read" });
  };
  return { iommu, driver: new Driver(iommu), ask };
}

describe("VTD-10: the register sequence of Linux's driver", () => {
  it("discovers eight counters of 48 bits, 1 KiB apart, and five groups of events", async () => {
    const { driver } = await start();
    expect(driver.shape).toEqual({ counters: 8, width: 48n, stride: 1024 });
    expect(driver.groups.map((events) => events !== 0)).toEqual([true, true, true, true, true]);
  });

  it("counts between add and remove, and not while everything is frozen", async () => {
    const { iommu, driver, ask } = await start();
    driver.disable();
    const requests = driver.add(0, 1 << 1);
    const translations = driver.add(0, 1 << 1, [0x14, 1 << 1]);
    ask(5);
    driver.enable();
    ask(3);
    iommu.requestTranslation({ sourceId: 8, address: 0n });
    driver.update(requests);
    expect(driver.counts.get(requests)).toBe(4n);
    ask(1);
    driver.disable();
    driver.remove(requests);
    driver.remove(translations);
    driver.enable();
    ask(10);
    expect([driver.counts.get(requests), driver.counts.get(translations)]).toEqual([5n, 1n]);
  });

  it("carries counts over an overflow that its interrupt handler sees", async () => {
    const { iommu, driver, ask } = await start();
    let handled = 0;
    iommu.on("interrupt", ({ address, data }) => {
      expect([address, data]).toEqual([0xfee0_1000n, 0x31]);
      if (driver.handleInterrupt()) handled++;
    });
    driver.requestInterrupt(0xfee0_1000, 0x31);
    iommu.write64(driver.valueOf(7), 2n ** 48n - 3n);
    driver.disable();
    const requests = driver.add(0, 1 << 1);
    driver.enable();
    ask(7);
    driver.disable();
    driver.remove(requests);
    expect([handled, driver.counts.get(requests), driver.handleInterrupt()]).toEqual([
      1,
      7n,
      false,
    ]);
  });

  it("an event that the unit does not count is an error of the command", async () => {
    const { driver } = await start();
    driver.disable();
    expect(() => driver.add(0, 1)).toThrow("command 0xf0: status 16");
  });
});
