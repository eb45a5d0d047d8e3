/** One line of a test firmware: `ok NAME`, or `not ok NAME: detail`. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

const LINE = /^(ok|not ok) ([^:]+)(?:: (.*))?$/;

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
    const [, verdict, name, detail] = LINE.exec(this.#line) ?? [];
    this.#line = "";
    if (verdict === undefined || name === undefined) return;
    const check = { name: name.trim(), ok: verdict === "ok" };
    this.checks.push(detail === undefined ? check : { ...check, detail });
  }
}
