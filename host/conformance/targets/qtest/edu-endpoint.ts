import { EduDriver, type PciAccess, type QtestClient } from "../../../emulators/qtest/index.js";
import type { DmaAnswer, Operation } from "../../operation.js";
import type { KnownPages } from "./known-pages.js";
import type { UnitRegisters } from "./unit-registers.js";

/** Something that such an endpoint cannot do; the case is skipped. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/** Of QEMU's memory, and none of the suite's: what passes between the endpoint and the client. */
const EXCHANGE = 0x10_0000n;
const INTERRUPT_RANGE = { start: 0xfee0_0000n, end: 0xfef0_0000n };

/**
 * An edu that reads and writes what a case asks for. It keeps what it has read to itself, and writes what
 * it has read: to get bytes out of its buffer or into it, translation is disabled for a moment.
 */
export class EduEndpoint {
  readonly #client: QtestClient;
  readonly #unit: UnitRegisters;
  readonly #pages: KnownPages;
  readonly #edu: EduDriver;

  private constructor(parts: EndpointParts, edu: EduDriver) {
    this.#client = parts.client;
    this.#unit = parts.unit;
    this.#pages = parts.pages;
    this.#edu = edu;
  }

  static async open(parts: EndpointParts, bdf: number): Promise<EduEndpoint> {
    return new EduEndpoint(parts, await EduDriver.open(parts.client, parts.pci, bdf));
  }

  get sourceId(): number {
    return this.#edu.bdf;
  }

  /** @throws Unsupported for what the endpoint cannot do or cannot tell. */
  async dma(operation: Operation<"dma">): Promise<DmaAnswer> {
    const { address, access, length, data = new Uint8Array(length) } = operation;
    if (address >= INTERRUPT_RANGE.start && address < INTERRUPT_RANGE.end) {
      throw new Unsupported("an edu does not tell how a request to the interrupt range ends");
    }
    return access === "read" ? this.#read(address, length) : this.#write(address, data);
  }

  /** @throws Unsupported for data of more than 16 bits. */
  async interrupt(address: bigint, data: number): Promise<void> {
    if (data > 0xffff) throw new Unsupported("an edu sends messages with 16 bits of data");
    await this.#edu.sendMessage(address, data);
  }

  /** QEMU gives zeros to an endpoint whose read is blocked; pages of the suite have others. */
  async #read(address: bigint, length: number): Promise<DmaAnswer> {
    await this.#edu.readMemory(address, length);
    await this.#unit.withoutTranslation(() => this.#edu.writeMemory(EXCHANGE, length));
    const data = await this.#client.readBytes(EXCHANGE, length);
    if (data.some((byte) => byte !== 0)) return { outcome: "done", data };
    if (length > 1) return { outcome: "blocked" };
    throw new Unsupported("an edu does not tell a blocked read from one of a zero byte");
  }

  async #write(address: bigint, data: Uint8Array): Promise<DmaAnswer> {
    await this.#client.writeBytes(EXCHANGE, data);
    await this.#unit.withoutTranslation(() => this.#edu.readMemory(EXCHANGE, data.length));
    const before = await this.#pages.having(address, data);
    await this.#edu.writeMemory(address, data.length);
    const after = await this.#pages.having(address, data);
    if ([...after].some((page) => !before.has(page))) return { outcome: "done" };
    if (before.size === 0) return { outcome: "blocked" };
    throw new Unsupported(
      "what is written was in memory before, and an edu does not tell how a write ends",
    );
  }
}

export interface EndpointParts {
  readonly client: QtestClient;
  readonly pci: PciAccess;
  readonly unit: UnitRegisters;
  readonly pages: KnownPages;
}
