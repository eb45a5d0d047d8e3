/** Drives a unit as a trace of `viommu qemu` tells, and answers the trace that this leaves. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { GuestMemory, Iommu, type IommuEvents } from "../../host/index.js";
import { registers } from "../../host/spec/registers.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../../host/tables/index.js";

/** A line, as far as the replay looks at it. */
interface TraceLine {
  readonly event: string;
  readonly kind?: "register" | "descriptor" | "pageRequest";
  readonly access?: "read" | "write";
  readonly offset?: number;
  readonly size?: 4 | 8;
  readonly value?: string;
  readonly words?: readonly string[];
  readonly sourceId?: number;
  readonly pasid?: number;
  readonly group?: number;
  readonly address?: string;
}

const EVENTS = [
  "trace",
  "fault",
  "interrupt",
  "pageGroupResponse",
  "deviceTlbInvalidate",
] as const satisfies readonly (keyof IommuEvents)[];

/** RAM of the recorded guests. */
const RAM_BYTES = 512 * 2 ** 20;
/** Behind it, for the structures of the guest, which are not recorded. */
const UNTOLD = { start: BigInt(RAM_BYTES), end: BigInt(RAM_BYTES + 2 ** 20) };
const ENDPOINT = "00:05.0";
/** Those of the recorded guests; requests without PASID use the entry of 0. */
const PASIDS = [0, 1, 2];
const PAGE = 4096n;
const DESCRIPTOR_BYTES = 32;

/**
 * The lines of a trace of test/data: what `viommu qemu --trace` wrote of guests of test/linux (QEMU 11.1.3, Linux
 * 7.2.13, one processor), from boot to power-off.
 */
export function readTrace(name: string): string[] {
  const file = new URL(`../data/${name}`, import.meta.url);
  return gunzipSync(readFileSync(file)).toString().trim().split("\n");
}

/**
 * Replays register accesses of the guest, to a unit with `capabilities` besides those of its preset, page requests, completed invalidations and failed DMA of the endpoint.
 * Descriptors are put into the queue before IQT is written. All else has to come of itself.
 */
export async function replayTrace(
  recorded: readonly string[],
  capabilities: Readonly<Record<string, number>> = {},
): Promise<string[]> {
  const memory = GuestMemory.create({ size: Number(UNTOLD.end) });
  const iommu = await Iommu.create({ memory, preset: "linux", capabilities, trace: true });
  const replay = new Replay(iommu, memory);
  const lines = recorded.map((line) => JSON.parse(line) as TraceLine);
  for (let index = 0; index < lines.length; index++) {
    if (replay.left.length <= index) replay.cause(lines, index);
  }
  return replay.left;
}

class Replay {
  readonly left: string[] = [];
  readonly #iommu: Iommu;
  readonly #memory: GuestMemory;
  readonly #tables: ScalableTables;
  /** Invalidations that the endpoint has not completed. */
  readonly #invalidations: IommuEvents["deviceTlbInvalidate"][] = [];
  #queue = 0n;
  #queueBytes = 0;
  #tail = 0;

  constructor(iommu: Iommu, memory: GuestMemory) {
    this.#iommu = iommu;
    this.#memory = memory;
    const frames = new FrameAllocator(UNTOLD);
    this.#tables = ScalableTables.create({ memory, frames });
    this.#tables.context(ENDPOINT, { dte: true, paside: true, pre: true });
    const firstStage = new FirstStageTable({ memory, frames });
    for (const pasid of PASIDS) {
      this.#tables.pasid(ENDPOINT, pasid, { kind: "first-stage", firstStage, domain: 2 });
    }
    for (const event of EVENTS) {
      iommu.on(event, (fields) => void this.left.push(lineOf({ event, ...fields })));
    }
    iommu.on("deviceTlbInvalidate", (request) => void this.#invalidations.push(request));
  }

  /** Does what a line tells, or what alone can have caused it. */
  cause(lines: readonly TraceLine[], index: number): void {
    const line = lines[index]!;
    if (line.kind === "register") this.#access(line, lines, index);
    else if (line.kind === "pageRequest") this.#requestPage(line);
    else if (line.event === "pageGroupResponse") this.#requestWithoutPlace(line);
    else if (line.event === "interrupt") this.#failDma(lines[index + 1]);
    else this.#completeInvalidations();
  }

  #access(line: TraceLine, lines: readonly TraceLine[], index: number): void {
    const { access, offset = 0, size } = line;
    const value = BigInt(line.value ?? 0);
    if (access === "read") {
      if (size === 4) this.#iommu.read32(offset);
      else this.#iommu.read64(offset);
      return;
    }
    if (offset === offsetOf("IQA")) {
      this.#queue = value & -PAGE;
      this.#queueBytes = 4096 << Number(value & 7n);
    }
    if (offset === offsetOf("IQT")) this.#submit(Number(value), lines, index);
    if (offset === offsetOf("RTADDR")) this.#placeRoot(value & -PAGE);
    if (size === 4) this.#iommu.write32(offset, Number(value));
    else this.#iommu.write64(offset, value);
  }

  /** What the driver wrote before it wrote IQT: the trace tells when it was executed. */
  #submit(tail: number, lines: readonly TraceLine[], index: number): void {
    const bytes = this.#queueBytes;
    let left = ((tail - this.#tail + bytes) % bytes) / DESCRIPTOR_BYTES;
    for (let at = index + 1; left > 0 && at < lines.length; at++) {
      const { kind, offset = 0, words = [] } = lines[at]!;
      if (kind !== "descriptor") continue;
      left--;
      words.forEach((word, number) => {
        this.#memory.write64(this.#queue + BigInt(offset + 8 * number), BigInt(word));
      });
    }
    this.#tail = tail;
  }

  #placeRoot(address: bigint): void {
    const table = this.#memory.readBytes(this.#tables.rootTable, Number(PAGE));
    this.#memory.writeBytes(address, table);
  }

  /** §7.5.1.1: the message that a page request descriptor was made of. */
  #requestPage({ words = [] }: TraceLine): void {
    const [low = 0n, high = 0n] = words.map(BigInt);
    const flag = (word: bigint, bit: bigint) => ((word >> bit) & 1n) === 1n;
    this.#iommu.requestPage({
      sourceId: Number((low >> 16n) & 0xffffn),
      pasid: flag(low, 8n) ? Number((low >> 32n) & 0xf_ffffn) : undefined,
      address: high & -PAGE,
      read: flag(high, 0n),
      write: flag(high, 1n),
      last: flag(high, 2n),
      group: Number((high >> 3n) & 0x1ffn),
    });
  }

  /** §7.5: a request that finds no place and ends a group is answered by the unit. */
  #requestWithoutPlace({ sourceId = 0, pasid, group = 0 }: TraceLine): void {
    this.#iommu.requestPage({
      ...{ sourceId, pasid, group, address: 0n },
      ...{ read: true, write: true, last: true },
    });
  }

  /** The event of a fault is told before the fault. */
  #failDma(fault: TraceLine | undefined): void {
    const { sourceId = 0, address = "0" } = fault ?? {};
    this.#iommu.translate({ sourceId, address: BigInt(address), access: "read" });
  }

  #completeInvalidations(): void {
    for (const request of this.#invalidations.splice(0)) this.#iommu.completeInvalidation(request);
  }
}

/** As the command writes it. */
function lineOf(record: object): string {
  return JSON.stringify(record, (_key, value: unknown) =>
    typeof value === "bigint" ? `0x${value.toString(16)}` : value,
  );
}

function offsetOf(mnemonic: string): number {
  const register = registers.find((candidate) => candidate.mnemonic === mnemonic);
  if (register === undefined) throw new Error(`no register is called ${mnemonic}`);
  return register.offset;
}
