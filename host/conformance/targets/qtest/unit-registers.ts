import type { QtestClient } from "../../../emulators/qtest/index.js";

const GCMD = 0x18n;
const GSTS = 0x1cn;
const TE = 1n << 31n;
/** The bits of GCMD that stay on; the others are commands of one time (§11.4.4.1). */
const LASTING = 0x96ff_ffffn;

/** The unit of a machine behind a qtest client, by its registers. */
export class UnitRegisters {
  /** q35's address. */
  static readonly BASE = 0xfed9_0000n;
  readonly #client: QtestClient;

  constructor(client: QtestClient) {
    this.#client = client;
  }

  read(offset: number, size: 1 | 2 | 4 | 8): Promise<bigint> {
    return this.#client.read(UnitRegisters.BASE + BigInt(offset), size);
  }

  write(offset: number, size: 1 | 2 | 4 | 8, value: bigint): Promise<void> {
    return this.#client.write(UnitRegisters.BASE + BigInt(offset), size, value);
  }

  /**
   * Does something while DMA passes the unit unchanged. A unit with scalable mode drops what it has cached
   * then (§11.4.4.1), so that its stale entries do not show.
   */
  async withoutTranslation(work: () => Promise<void>): Promise<void> {
    const status = await this.#client.read(UnitRegisters.BASE + GSTS, 4);
    if ((status & TE) === 0n) {
      await work();
      return;
    }
    const command = status & LASTING;
    await this.#client.write(UnitRegisters.BASE + GCMD, 4, command & ~TE);
    await work();
    await this.#client.write(UnitRegisters.BASE + GCMD, 4, command);
  }
}
