import { closeSync, openSync, writeSync } from "node:fs";

import type { IommuEvents } from "../core/outbox.js";
import type { Iommu } from "../iommu.js";
import { UsageError } from "./exit-code.js";

const EVENTS = [
  "trace",
  "fault",
  "interrupt",
  "pageGroupResponse",
  "deviceTlbInvalidate",
] as const satisfies readonly (keyof IommuEvents)[];

const FLUSH_AT = 1 << 16;

/** Writes every event of the unit as one JSON object on a line: `event`, and the event's fields. */
export class TraceFile {
  readonly #file: number;
  #text = "";

  /** @throws {UsageError} if the file cannot be written. */
  constructor(path: string) {
    try {
      this.#file = openSync(path, "w");
    } catch (error) {
      throw new UsageError(`cannot write the trace: ${(error as Error).message}`);
    }
  }

  attached({ iommu }: { readonly iommu: Iommu }): void {
    for (const event of EVENTS) {
      iommu.on(event, (fields) => {
        this.#add({ event, ...fields });
      });
    }
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #add(record: object): void {
    const replace = (_key: string, value: unknown): unknown =>
      typeof value === "bigint" ? `0x${value.toString(16)}` : value;
    this.#text += `${JSON.stringify(record, replace)}\n`;
    if (this.#text.length >= FLUSH_AT) this.#flush();
  }

  #flush(): void {
    writeSync(this.#file, this.#text);
    this.#text = "";
  }
}
