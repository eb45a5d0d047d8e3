import { kernelMessage } from "./kernel-message.js";

/** One line of a test firmware: `ok NAME`, `not ok NAME: detail`, or `skip NAME: detail`. */
export interface Check {
  readonly name: string;
  /** It did not fail. */
  readonly ok: boolean;
  /** It could not be made on this machine; `detail` says why. */
  readonly skipped?: true;
  readonly detail?: string;
}

const LINE = /^(ok|not ok|skip) ([^:]+)(?:: (.*))?$/;

/** Collects serial output by lines, and the checks among them. */
export class SerialLog {
  readonly checks: Check[] = [];
  #line = "";

  /** One byte that the guest wrote. True if it ended a line. */
  add(byte: number): boolean {
    if (byte === 0x0a) this.end();
    else if (byte !== 0x0d) this.#line += String.fromCharCode(byte);
    return byte === 0x0a;
  }

  /** The output is over, or a line is: what stands there counts as a line. */
  end(): void {
    const [, verdict, name, detail] = LINE.exec(kernelMessage(this.#line)) ?? [];
    this.#line = "";
    if (verdict === undefined || name === undefined) return;
    this.checks.push({
      name: name.trim(),
      ok: verdict !== "not ok",
      ...(verdict === "skip" && { skipped: true as const }),
      ...(detail !== undefined && { detail }),
    });
  }
}
