import { command, header } from "../../pci/header.js";
import { formatBdf } from "../../pci/topology.js";
import type { QtestClient } from "./client.js";
import { QtestClientError } from "./qtest-client-error.js";

/** A function that was found. */
export interface FoundFunction {
  /** Bus 15:8, device 7:3, function 2:0. */
  readonly bdf: number;
  readonly vendor: number;
  readonly device: number;
}

const CONFIG_ADDRESS = 0xcf8;
const CONFIG_DATA = 0xcfc;
const ENABLE = 0x8000_0000;
/** Where base address registers are put: q35 gives these addresses to PCI, and has nothing else there. */
const FIRST_WINDOW = 0xe000_0000;
const LAST_WINDOW = 0xfebf_ffff;
const INTERRUPT_DISABLE = 1 << 10;

/** Configuration space of a machine behind a qtest client, by the ports CF8h and CFCh. */
export class PciAccess {
  readonly #client: QtestClient;
  #nextWindow = FIRST_WINDOW;

  constructor(client: QtestClient) {
    this.#client = client;
  }

  async readConfig(bdf: number, offset: number, size: 1 | 2 | 4): Promise<number> {
    const [, value] = await Promise.all([
      this.#select(bdf, offset),
      this.#client.portRead(CONFIG_DATA + (offset & 3), size),
    ]);
    return value;
  }

  async writeConfig(bdf: number, offset: number, size: 1 | 2 | 4, value: number): Promise<void> {
    await Promise.all([
      this.#select(bdf, offset),
      this.#client.portWrite(CONFIG_DATA + (offset & 3), size, value),
    ]);
  }

  /** The functions of bus 0. */
  async functions(): Promise<FoundFunction[]> {
    const found = await Promise.all(
      Array.from({ length: 256 }, async (_, bdf) => {
        const word = await this.readConfig(bdf, header.vendor, 4);
        return { bdf, vendor: word & 0xffff, device: word >>> 16 };
      }),
    );
    return found.filter(({ vendor }) => vendor !== 0xffff);
  }

  /**
   * Gives a base address register of 32 bits an address, and lets the function decode memory and master the bus.
   * @throws QtestClientError if it has no such register, or no room is left.
   */
  async open(bdf: number, index = 0): Promise<bigint> {
    const at = header.bar0 + 4 * index;
    await this.writeConfig(bdf, at, 4, 0xffff_ffff);
    const probe = await this.readConfig(bdf, at, 4);
    const size = (~(probe & 0xffff_fff0) + 1) >>> 0;
    if (probe === 0 || probe === 0xffff_ffff || (probe & 7) !== 0) {
      throw new QtestClientError(
        `${formatBdf(bdf)} has no 32-bit memory window ${index}: it reads 0x${probe.toString(16)}`,
      );
    }
    const address = Math.ceil(this.#nextWindow / size) * size;
    if (address + size - 1 > LAST_WINDOW) {
      throw new QtestClientError(`no room for a window of 0x${size.toString(16)} bytes is left`);
    }
    this.#nextWindow = address + size;
    await this.writeConfig(bdf, at, 4, address);
    const on = command.memorySpace | command.busMaster | INTERRUPT_DISABLE;
    await this.writeConfig(bdf, header.command, 2, on);
    return BigInt(address);
  }

  #select(bdf: number, offset: number): Promise<void> {
    const address = (ENABLE | (bdf << 8) | (offset & 0xfc)) >>> 0;
    return this.#client.portWrite(CONFIG_ADDRESS, 4, address);
  }
}
