import { closeSync, openSync, writeSync } from "node:fs";
import { UsageError } from "./exit-code.js";
const EVENTS = [
    "trace",
    "fault",
    "interrupt",
    "pageGroupResponse",
    "deviceTlbInvalidate",
];
const FLUSH_AT = 1 << 16;
/** Writes every event of the unit as one JSON object on a line: `event`, and the event's fields. */
export class TraceFile {
    #file;
    #text = "";
    /** @throws {UsageError} if the file cannot be written. */
    constructor(path) {
        try {
            this.#file = openSync(path, "w");
        }
        catch (error) {
            throw new UsageError(`cannot write the trace: ${error.message}`);
        }
    }
    attached({ iommu }) {
        for (const event of EVENTS) {
            iommu.on(event, (fields) => {
                this.#add({ event, ...fields });
            });
        }
    }
    close() {
        this.#flush();
        closeSync(this.#file);
    }
    #add(record) {
        const replace = (_key, value) => typeof value === "bigint" ? `0x${value.toString(16)}` : value;
        this.#text += `${JSON.stringify(record, replace)}\n`;
        if (this.#text.length >= FLUSH_AT)
            this.#flush();
    }
    #flush() {
        writeSync(this.#file, this.#text);
        this.#text = "";
    }
}
