/** Reads the logs of real Linux boots in test/data; their first lines explain what stands in them. */

interface AtLine {
  /** Counted from 1. */
  readonly line: number;
}

/** CAP and ECAP of the unit that the log was made with. */
export interface LoggedCapabilities extends AtLine {
  readonly kind: "capabilities";
  readonly cap: bigint;
  readonly ecap: bigint;
}

export interface RegisterAccess extends AtLine {
  readonly kind: "register";
  readonly access: "read" | "write";
  readonly size: 4 | 8;
  readonly name: string;
  readonly value: bigint;
}

/** A command that the driver of the endpoint gave: the attempts that follow are for it. */
export interface DeviceCommand extends AtLine {
  readonly kind: "deviceCommand";
  readonly command: number;
}

/** The endpoint asks for a translation. */
export interface Attempt extends AtLine {
  readonly kind: "attempt";
  readonly pasid: number;
  readonly address: bigint;
  /** The translated address; absent when the page-table entry of level 1 was not present. */
  readonly translated?: bigint;
  /** Quadwords of the context entry and of the PASID entry at that moment. */
  readonly context: readonly bigint[];
  readonly pasidEntry: readonly bigint[];
}

export interface LoggedRootTable extends AtLine {
  readonly kind: "rootTable";
  readonly value: bigint;
}

/** An invalidation descriptor that the unit fetched; the upper half is not logged. */
export interface LoggedDescriptor extends AtLine {
  readonly kind: "descriptor";
  readonly offset: number;
  readonly type: string;
  readonly words: readonly [bigint, bigint];
}

export interface LoggedResponse extends AtLine {
  readonly kind: "response";
  readonly pasid: number;
  readonly sourceId: number;
  readonly code: number;
  readonly group: number;
}

export interface LoggedPageRequest extends AtLine {
  readonly kind: "pageRequest";
  readonly offset: number;
  readonly words: readonly [bigint, bigint];
  /** PQH when it was written. */
  readonly head: bigint;
}

export interface LoggedInterrupt extends AtLine {
  readonly kind: "interrupt";
  readonly address: bigint;
  readonly data: number;
}

export type LogEvent =
  | LoggedCapabilities
  | RegisterAccess
  | DeviceCommand
  | Attempt
  | LoggedRootTable
  | LoggedDescriptor
  | LoggedResponse
  | LoggedPageRequest
  | LoggedInterrupt;

type Fields = readonly string[];
type Reader = (line: number, fields: Fields) => LogEvent | undefined;

const nothing: Reader = () => undefined;

/** The doorbell of the endpoint among its registers. */
const DOORBELL = 0x18;

const readers: readonly (readonly [RegExp, Reader])[] = [
  [
    /^CAP (0x\w+) ECAP (0x\w+)$/,
    (line, [cap = "", ecap = ""]) => ({
      kind: "capabilities",
      line,
      cap: BigInt(cap),
      ecap: BigInt(ecap),
    }),
  ],
  [/^IOMMU ([RW])([48]) (\w+) (?:->|=) (0x\w+)$/, registerAccess],
  [
    /^IOMMU event MSI addr=(0x\w+) data=(0x\w+)$/,
    (line, [address = "", data = ""]) => ({
      kind: "interrupt",
      line,
      address: BigInt(address),
      data: Number(data),
    }),
  ],
  [/^EP xlate pasid=(\w+) iova=(0x\w+) -> (.*?) {2}ctx (.*) \| pasid (.*)$/, attempt],
  [
    /^EP W[48] (0x\w+) = (0x\w+)$/,
    (line, [offset, value]) =>
      Number(offset) === DOORBELL
        ? { kind: "deviceCommand", line, command: Number(value) }
        : undefined,
  ],
  [
    /^root table (0x\w+)$/,
    (line, [value = ""]) => ({ kind: "rootTable", line, value: BigInt(value) }),
  ],
  [
    /^QI @(0x\w+) (\w+) lo=(0x\w+) hi=(0x\w+)$/,
    (line, [offset, type = "", low = "", high = ""]) => ({
      kind: "descriptor",
      line,
      offset: Number(offset),
      type,
      words: [BigInt(low), BigInt(high)],
    }),
  ],
  [
    /^page group response: pasid=(0x\w+) rid=(0x\w+) code=(\d+) prgi=(\d+)$/,
    (line, [pasid, sourceId, code, group]) => ({
      kind: "response",
      line,
      pasid: Number(pasid),
      sourceId: Number(sourceId),
      code: Number(code),
      group: Number(group),
    }),
  ],
  [
    /^PRQ @(0x\w+) q0=(0x\w+) q1=(0x\w+) head=(0x\w+)$/,
    (line, [offset, low = "", high = "", head = ""]) => ({
      kind: "pageRequest",
      line,
      offset: Number(offset),
      words: [BigInt(low), BigInt(high)],
      head: BigInt(head),
    }),
  ],
  // Messages of the transport, configuration space, and polls of the endpoint's status.
  [/^(?:iommu|ep) /, nothing],
  [/^EP R[48] 0x\w+$/, nothing],
  [/^event MSI ok$/, nothing],
];

function registerAccess(line: number, fields: Fields): RegisterAccess {
  const [direction, size, name = "", value = ""] = fields;
  return {
    kind: "register",
    line,
    access: direction === "R" ? "read" : "write",
    size: size === "8" ? 8 : 4,
    name,
    value: BigInt(value),
  };
}

const MISSING_LEAF = "page np L1";

function attempt(line: number, fields: Fields): Attempt {
  const [pasid, address = "", result = "", context = "", pasidEntry = ""] = fields;
  if (result !== MISSING_LEAF && !/^0x\w+$/.test(result)) {
    throw new Error(`line ${line}: an attempt came to "${result}": expected "${MISSING_LEAF}"`);
  }
  return {
    kind: "attempt",
    line,
    pasid: Number(pasid),
    address: BigInt(address),
    ...(result !== MISSING_LEAF && { translated: BigInt(result) }),
    context: context.split(" ").map(BigInt),
    pasidEntry: pasidEntry.split(" ").map(BigInt),
  };
}

/**
 * What stands in a log, in order.
 * @throws Error naming the line that cannot be understood: nothing is skipped by mistake.
 */
export function parseLinuxLog(text: string): LogEvent[] {
  return text.split("\n").flatMap((content, index) => {
    const line = index + 1;
    if (content === "" || content.startsWith("#")) return [];
    const body = /^\d+\.\d+ +(.*)$/.exec(content)?.[1];
    for (const [pattern, reader] of readers) {
      const fields = body === undefined ? null : pattern.exec(body);
      if (fields !== null) {
        const event = reader(line, fields.slice(1));
        return event === undefined ? [] : [event];
      }
    }
    throw new Error(`line ${line}: cannot read "${content}"`);
  });
}
