import {
  BUFFER_SIZE,
  BUFFER_START,
  capabilityAt,
  DMA_TICKS,
  dmaCommand,
  reg,
} from "../../devices/edu/registers.js";
import type { QtestClient } from "./client.js";
import type { PciAccess } from "./pci-access.js";
import { QtestClientError } from "./qtest-client-error.js";

/** edu's transfers take 100 ms of the virtual clock. */
const DMA_NANOSECONDS = BigInt(DMA_TICKS) * 1_000_000n;
const MSI = { control: 2, addressLow: 4, addressHigh: 8, data: 12, enable: 1 } as const;

/** Drives an edu (docs/edu.md): moves bytes between memory, by the unit, and its buffer; sends messages. */
export class EduDriver {
  /** Who its requests come from. */
  readonly bdf: number;
  readonly #client: QtestClient;
  readonly #pci: PciAccess;
  readonly #bar: bigint;

  private constructor(client: QtestClient, pci: PciAccess, bdf: number, bar: bigint) {
    this.#client = client;
    this.#pci = pci;
    this.bdf = bdf;
    this.#bar = bar;
  }

  static async open(client: QtestClient, pci: PciAccess, bdf: number): Promise<EduDriver> {
    return new EduDriver(client, pci, bdf, await pci.open(bdf));
  }

  /** Reads memory into the buffer. The device does not tell of a fault. */
  async readMemory(address: bigint, length: number, bufferAt = 0): Promise<void> {
    const buffer = bufferPlace(bufferAt, length);
    await this.#transfer(address, buffer, length, dmaCommand.run);
  }

  /** Writes bytes of the buffer to memory. */
  async writeMemory(address: bigint, length: number, bufferAt = 0): Promise<void> {
    const buffer = bufferPlace(bufferAt, length);
    await this.#transfer(buffer, address, length, dmaCommand.run | dmaCommand.toMemory);
  }

  /** Sends an interrupt message: the MSI capability is set to it, and an interrupt raised. */
  async sendMessage(address: bigint, data: number): Promise<void> {
    const { control, addressLow, addressHigh, data: dataAt, enable } = MSI;
    const at = capabilityAt.msi;
    await Promise.all([
      this.#pci.writeConfig(this.bdf, at + addressLow, 4, Number(address & 0xffff_ffffn)),
      this.#pci.writeConfig(this.bdf, at + addressHigh, 4, Number(address >> 32n)),
      this.#pci.writeConfig(this.bdf, at + dataAt, 2, data & 0xffff),
      this.#pci.writeConfig(this.bdf, at + control, 2, enable),
      this.#write(reg.interruptRaise, 4, 1n),
      this.#write(reg.interruptAcknowledge, 4, 1n),
    ]);
  }

  async #transfer(source: bigint, destination: bigint, length: number, run: number): Promise<void> {
    const answers = await Promise.all([
      this.#write(reg.dmaSource, 8, source),
      this.#write(reg.dmaDestination, 8, destination),
      this.#write(reg.dmaCount, 8, BigInt(length)),
      this.#write(reg.dmaCommand, 4, BigInt(run)),
      this.#client.clockStep(DMA_NANOSECONDS),
      this.#client.read(this.#bar + BigInt(reg.dmaCommand), 4),
    ]);
    if ((answers[5] & 1n) === 0n) return;
    throw new QtestClientError(`edu is still at work after ${DMA_TICKS} ms of its clock`);
  }

  #write(register: number, size: 4 | 8, value: bigint): Promise<void> {
    return this.#client.write(this.#bar + BigInt(register), size, value);
  }
}

function bufferPlace(at: number, length: number): bigint {
  if (at < 0 || length < 1 || at + length > BUFFER_SIZE) {
    throw new RangeError(`${length} bytes at ${at} do not fit into edu's ${BUFFER_SIZE} bytes`);
  }
  return BigInt(BUFFER_START + at);
}
