const LINE = /^(ok|not ok|skip) ([^:]+)(?:: (.*))?$/;
/** Collects serial output by lines, and the checks among them. */
export class SerialLog {
    checks = [];
    #line = "";
    /** One byte that the guest wrote. True if it ended a line. */
    add(byte) {
        if (byte === 0x0a)
            this.end();
        else if (byte !== 0x0d)
            this.#line += String.fromCharCode(byte);
        return byte === 0x0a;
    }
    /** The output is over, or a line is: what stands there counts as a line. */
    end() {
        const [, verdict, name, detail] = LINE.exec(this.#line) ?? [];
        this.#line = "";
        if (verdict === undefined || name === undefined)
            return;
        this.checks.push({
            name: name.trim(),
            ok: verdict !== "not ok",
            ...(verdict === "skip" && { skipped: true }),
            ...(detail !== undefined && { detail }),
        });
    }
}
