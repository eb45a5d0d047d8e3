/** Bytes of a message of a fault queue (struct iommu_hwpt_pgfault). */
export const FAULT_MESSAGE_BYTES = 40;
/** Bytes of an answer to a group (struct iommu_hwpt_page_response). */
export const ANSWER_BYTES = 8;

/** Bits of `flags`. Bit 2 is internal to the kernel: Linux 7.2 shows it in requests with PASID of Intel's units. */
const PASID_VALID = 1;
const LAST_PAGE = 2;
/** Bits of `perm`. */
const READ = 1;
const WRITE = 2;
const EXECUTE = 4;
const PRIVILEGED = 8;

/** A page request as a program reads it from a fault queue. */
export interface FaultMessage {
  /** IOMMUFD's number of the device. */
  readonly deviceId: number;
  /** Undefined: a request without PASID. */
  readonly pasid: number | undefined;
  /** Page request group index: the device chose it, so it tells groups apart only as far as one trusts it. */
  readonly groupIndex: number;
  /** Ends its group. */
  readonly last: boolean;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  readonly privileged: boolean;
  readonly address: bigint;
  /** A hint of how many bytes are wanted; 0: none. */
  readonly length: number;
  /** What the answer to its group has to carry. */
  readonly cookie: number;
}

/** Answers of a program; Response Failure cannot be said. */
export type AnswerCode = "SUCCESS" | "INVALID";

export interface FaultAnswer {
  readonly cookie: number;
  readonly code: AnswerCode;
}

/** What a fault queue gave is not what it may give. */
export class MalformedFaults extends Error {
  override readonly name = "MalformedFaults";
}

/**
 * The messages of one read.
 * @throws MalformedFaults if the bytes are not a whole number of messages.
 */
export function decodeFaults(bytes: Uint8Array): FaultMessage[] {
  if (bytes.length % FAULT_MESSAGE_BYTES !== 0) {
    throw new MalformedFaults(
      `${bytes.length} bytes are no whole number of messages of ${FAULT_MESSAGE_BYTES}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / FAULT_MESSAGE_BYTES }, (_, n) =>
    decodeFault(view, n * FAULT_MESSAGE_BYTES),
  );
}

function decodeFault(view: DataView, at: number): FaultMessage {
  const word = (offset: number) => view.getUint32(at + offset, true);
  const flags = word(0);
  const permissions = word(16);
  return {
    deviceId: word(4),
    pasid: (flags & PASID_VALID) === 0 ? undefined : word(8),
    groupIndex: word(12),
    last: (flags & LAST_PAGE) !== 0,
    read: (permissions & READ) !== 0,
    write: (permissions & WRITE) !== 0,
    execute: (permissions & EXECUTE) !== 0,
    privileged: (permissions & PRIVILEGED) !== 0,
    address: view.getBigUint64(at + 24, true),
    length: word(32),
    cookie: word(36),
  };
}

/**
 * The groups of one read, in order: a read ends where a group ends, and a group has one cookie.
 * @throws MalformedFaults if it is otherwise.
 */
export function groupsOf(messages: readonly FaultMessage[]): FaultMessage[][] {
  const groups: FaultMessage[][] = [];
  let open: FaultMessage[] = [];
  for (const message of messages) {
    const { cookie } = open[0] ?? message;
    if (message.cookie !== cookie) {
      throw new MalformedFaults(
        `a group with cookie ${cookie} has a message with cookie ${message.cookie}`,
      );
    }
    open.push(message);
    if (!message.last) continue;
    groups.push(open);
    open = [];
  }
  if (open.length > 0) {
    throw new MalformedFaults(`the group with cookie ${open[0]!.cookie} has no last message`);
  }
  return groups;
}

/** Answers as a fault queue takes them, one behind the other. */
export function encodeAnswers(responses: readonly FaultAnswer[]): Uint8Array {
  const bytes = new Uint8Array(responses.length * ANSWER_BYTES);
  const view = new DataView(bytes.buffer);
  responses.forEach(({ cookie, code }, n) => {
    view.setUint32(n * ANSWER_BYTES, cookie, true);
    view.setUint32(n * ANSWER_BYTES + 4, code === "SUCCESS" ? 0 : 1, true);
  });
  return bytes;
}
