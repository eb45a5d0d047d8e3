import { ARM, reg } from "../../devices/iommu-testdev/registers.js";
import type { QtestClient } from "./client.js";
import type { PciAccess } from "./pci-access.js";

/** Drives an iommu-testdev (docs/iommu-testdev.md): a write by the unit, which says how it ended. */
export class TestdevDriver {
  /** Who its requests come from. */
  readonly bdf: number;
  readonly #client: QtestClient;
  readonly #bar: bigint;

  private constructor(client: QtestClient, bdf: number, bar: bigint) {
    this.#client = client;
    this.bdf = bdf;
    this.#bar = bar;
  }

  static async open(client: QtestClient, pci: PciAccess, bdf: number): Promise<TestdevDriver> {
    return new TestdevDriver(client, bdf, await pci.open(bdf));
  }

  /** Writes the device's pattern, and compares what then is at `gpa` with it; answers RESULT. */
  async write(iova: bigint, gpa: bigint, length: number): Promise<number> {
    const answers = await Promise.all([
      this.#write(reg.iovaLow, iova & 0xffff_ffffn),
      this.#write(reg.iovaHigh, iova >> 32n),
      this.#write(reg.gpaLow, gpa & 0xffff_ffffn),
      this.#write(reg.gpaHigh, gpa >> 32n),
      this.#write(reg.length, BigInt(length)),
      this.#write(reg.doorbell, BigInt(ARM)),
      this.#read(reg.trigger),
      this.#read(reg.result),
    ]);
    return answers[7];
  }

  #write(register: number, value: bigint): Promise<void> {
    return this.#client.write(this.#bar + BigInt(register), 4, value);
  }

  async #read(register: number): Promise<number> {
    return Number(await this.#client.read(this.#bar + BigInt(register), 4));
  }
}
