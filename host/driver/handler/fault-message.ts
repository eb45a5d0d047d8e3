import {
  hwptPageResponse,
  hwptPgfault,
  PAGE_RESP,
  PGFAULT_FLAGS,
  PGFAULT_PERM,
} from "../iommufd/uapi.js";

/** Bytes of a message of a fault queue (struct iommu_hwpt_pgfault). */
export const FAULT_MESSAGE_BYTES = hwptPgfault.bytes;
/** Bytes of an answer to a group (struct iommu_hwpt_page_response). */
export const ANSWER_BYTES = hwptPageResponse.bytes;

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
  return Array.from({ length: bytes.length / FAULT_MESSAGE_BYTES }, (_, n) =>
    decodeFault(bytes.subarray(n * FAULT_MESSAGE_BYTES)),
  );
}

function decodeFault(bytes: Uint8Array): FaultMessage {
  const { flags, dev_id, pasid, grpid, perm, addr, length, cookie } = hwptPgfault.decode(bytes);
  return {
    deviceId: dev_id,
    // Linux 7.2 shows a third flag, of its own, in requests with PASID of Intel's units.
    pasid: (flags & PGFAULT_FLAGS.PASID_VALID) === 0 ? undefined : pasid,
    groupIndex: grpid,
    last: (flags & PGFAULT_FLAGS.LAST_PAGE) !== 0,
    read: (perm & PGFAULT_PERM.READ) !== 0,
    write: (perm & PGFAULT_PERM.WRITE) !== 0,
    execute: (perm & PGFAULT_PERM.EXEC) !== 0,
    privileged: (perm & PGFAULT_PERM.PRIV) !== 0,
    address: addr,
    length,
    cookie,
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
export function encodeAnswers(answers: readonly FaultAnswer[]): Uint8Array {
  const bytes = new Uint8Array(answers.length * ANSWER_BYTES);
  answers.forEach(({ cookie, code }, n) => {
    bytes.set(hwptPageResponse.encode({ cookie, code: PAGE_RESP[code] }), n * ANSWER_BYTES);
  });
  return bytes;
}
