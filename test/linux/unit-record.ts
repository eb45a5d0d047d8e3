import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** An invalidation descriptor that the unit executed (§6.5.2, §7.6). */
export interface Descriptor {
  readonly kind: "descriptor";
  readonly type: number;
  /** Of wait descriptors: bits 4 to 7. */
  readonly fence: boolean;
  readonly drain: boolean;
  /** Of those that have one. */
  readonly pasid: number | undefined;
  readonly group: number;
  readonly code: number;
}

/** A page request descriptor that the unit wrote (§7.4.1.1). */
export interface QueuedPageRequest {
  readonly kind: "pageRequest";
  readonly pasid: number | undefined;
  readonly group: number;
  readonly last: boolean;
  readonly stopMarker: boolean;
}

/** A page group response on its way to an endpoint. */
export interface Response {
  readonly kind: "response";
  readonly pasid: number | undefined;
  readonly group: number;
  readonly code: number;
}

export interface RegisterAccess {
  readonly kind: "read" | "write";
  readonly offset: number;
  readonly value: bigint;
}

export interface Fault {
  readonly kind: "fault";
  readonly condition: string;
  readonly pasid: number | undefined;
}

/** What happened at the unit, in order. */
export type Recorded = Descriptor | QueuedPageRequest | Response | RegisterAccess | Fault;

/** Types of descriptors. */
export const PASID_CACHE = 7;
export const PASID_IOTLB = 6;
export const PASID_DEVICE_TLB = 8;
export const DEVICE_TLB = 3;
export const WAIT = 5;
export const RESPONSE = 9;

/** Offsets of registers (§11.4.7, §11.4.11), and bits of FSTS and PRS. */
export const FSTS = 0x34;
export const ITE = 0x40n;
export const PQH = 0xc0;
export const PQT = 0xc8;
export const PRS = 0xdc;
export const PECTL = 0xe0;
export const PRO = 2n;

/** A file for a trace, which goes away with `remove`. */
class TraceFolder {
  readonly #folder = mkdtempSync(join(tmpdir(), "viommu-linux-"));
  readonly file = join(this.#folder, "trace.jsonl");

  /** What `viommu qemu --trace` wrote. */
  read(): Recorded[] {
    const lines = readFileSync(this.file, "utf8").trim().split("\n");
    return lines.flatMap((line) => recorded(JSON.parse(line) as Line));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** The folder of one group of tests. */
export function traceFolder(): TraceFolder {
  const trace = new TraceFolder();
  afterAll(() => {
    trace.remove();
  });
  return trace;
}

/** Groups of page requests that have no answer yet, at each point of a record, by PASID. */
export function outstandingGroups(record: readonly Recorded[]): Map<number | undefined, number>[] {
  const open = new Map<string, number | undefined>();
  return record.map((each) => {
    if (each.kind === "pageRequest" && each.last && !each.stopMarker) {
      open.set(`${each.pasid} ${each.group}`, each.pasid);
    } else if (each.kind === "response") open.delete(`${each.pasid} ${each.group}`);
    const counts = new Map<number | undefined, number>();
    for (const pasid of open.values()) counts.set(pasid, (counts.get(pasid) ?? 0) + 1);
    return counts;
  });
}

interface Line {
  readonly event: string;
  readonly kind?: string;
  readonly access?: "read" | "write";
  readonly offset?: number;
  readonly value?: string;
  readonly words?: readonly string[];
  readonly pasid?: number;
  readonly group?: number;
  readonly code?: number;
  readonly condition?: string;
}

function recorded(line: Line): Recorded[] {
  const { event, kind, pasid } = line;
  if (event === "fault") return [{ kind: "fault", condition: line.condition!, pasid }];
  if (event === "pageGroupResponse") {
    return [{ kind: "response", pasid, group: line.group!, code: line.code! }];
  }
  if (kind === "register") {
    return [{ kind: line.access!, offset: line.offset!, value: BigInt(line.value!) }];
  }
  if (kind !== "descriptor" && kind !== "pageRequest") return [];
  const [low = 0n, high = 0n] = (line.words ?? []).map(BigInt);
  return [kind === "descriptor" ? descriptor(low, high) : pageRequest(low, high)];
}

function descriptor(low: bigint, high: bigint): Descriptor {
  const type = Number(low & 15n);
  const present = type === RESPONSE ? flag(low, 4n) : type >= PASID_IOTLB;
  return {
    kind: "descriptor",
    type,
    fence: type === WAIT && flag(low, 6n),
    drain: type === WAIT && flag(low, 7n),
    pasid: present ? Number((low >> 32n) & 0xf_ffffn) : undefined,
    group: Number((high >> 3n) & 511n),
    code: Number((low >> 12n) & 15n),
  };
}

function pageRequest(low: bigint, high: bigint): QueuedPageRequest {
  return {
    kind: "pageRequest",
    pasid: flag(low, 8n) ? Number((low >> 32n) & 0xf_ffffn) : undefined,
    group: Number((high >> 3n) & 511n),
    last: flag(high, 2n),
    stopMarker: (high & 7n) === 4n,
  };
}

function flag(word: bigint, bit: bigint): boolean {
  return ((word >> bit) & 1n) === 1n;
}
