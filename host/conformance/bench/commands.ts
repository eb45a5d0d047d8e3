import type { RegisterBank } from "./registers.js";

/** Bits of GSTS that software carries into the next command (§11.4.4.1). */
const CARRIED = 0x96ff_ffffn;

const bits = { TE: 31, SRTP: 30, WBF: 27, QIE: 26, IRE: 25, SIRTP: 24, CFI: 23 } as const;
const statusOf = {
  TE: "TES",
  SRTP: "RTPS",
  WBF: "WBFS",
  QIE: "QIES",
  IRE: "IRES",
  SIRTP: "IRTPS",
  CFI: "CFIS",
} as const;

export type GlobalCommand = keyof typeof bits;

/** Commands of GCMD_REG, submitted as §11.4.4.1 has software do it. */
export class GlobalCommands {
  readonly #registers: RegisterBank;

  constructor(registers: RegisterBank) {
    this.#registers = registers;
  }

  /** Writes GCMD with one command changed, and the other states as they are. */
  async submit(command: GlobalCommand, on = true): Promise<void> {
    const bit = 1n << BigInt(bits[command]);
    const kept = (await this.#registers.read("GSTS")) & CARRIED;
    await this.#registers.write("GCMD", on ? kept | bit : kept & ~bit);
  }

  /** Submits, and reads GSTS until it confirms. */
  async command(command: GlobalCommand, on = true): Promise<void> {
    await this.submit(command, on);
    const confirmed = command === "WBF" ? false : on;
    await this.#registers.waitFor("GSTS", { [statusOf[command]]: confirmed });
  }

  /** RTADDR, and Set Root Table Pointer. */
  async setRoot(rootTableAddress: bigint): Promise<void> {
    await this.#registers.write("RTADDR", rootTableAddress);
    await this.command("SRTP");
  }

  /** IRTA, and Set Interrupt Remapping Table Pointer. */
  async setInterruptTable(tableAddress: bigint): Promise<void> {
    await this.#registers.write("IRTA", tableAddress);
    await this.command("SIRTP");
  }
}
