import { pageRequestDescriptor } from "../../spec/descriptors.js";
import type { Fault } from "../iopf/index.js";

/** Bytes of an entry of the page request queue. */
export const REQUEST_BYTES = 32;

/** A page request as it stands in the queue. */
export interface QueuedRequest {
  readonly sourceId: number;
  readonly fault: Fault;
}

/** A field of up to 32 bits that lies in one half of a word: decoding is on the path of every request. */
interface NarrowField {
  readonly half: number;
  readonly shift: number;
  readonly ones: number;
}

function narrow(name: string): NarrowField {
  const field = pageRequestDescriptor.fields.find((candidate) => candidate.name === name);
  if (field === undefined || field.high >> 5 !== field.low >> 5) {
    throw new RangeError(`${name} is no field in one half of a word`);
  }
  const ones = 2 ** (field.high - field.low + 1) - 1;
  return { half: field.low >> 5, shift: field.low & 31, ones };
}

const PP = narrow("PP");
const RID = narrow("RID");
const PASID = narrow("PASID");
const EXR = narrow("EXR");
const PMR = narrow("PMR");
const RDR = narrow("RDR");
const WRR = narrow("WRR");
const LPIG = narrow("LPIG");
const PRGI = narrow("PRGI");
const PAGE = ~0xfffn;

/** The first two words of an entry; Linux does not look at its type. */
export function decodeRequest(word0: bigint, word1: bigint): QueuedRequest {
  const low = 0xffff_ffffn;
  const halves = [
    Number(word0 & low),
    Number(word0 >> 32n),
    Number(word1 & low),
    Number(word1 >> 32n),
  ];
  const get = ({ half, shift, ones }: NarrowField) => (halves[half]! >>> shift) & ones;
  return {
    sourceId: get(RID),
    fault: {
      pasid: get(PP) === 1 ? get(PASID) : undefined,
      grpid: get(PRGI),
      last: get(LPIG) === 1,
      address: word1 & PAGE,
      read: get(RDR) === 1,
      write: get(WRR) === 1,
      execute: get(EXR) === 1,
      privileged: get(PMR) === 1,
    },
  };
}

/** What the thread makes of a request before it looks for the device, in this order. */
export function judgeRequest(
  { fault }: QueuedRequest,
  addressWidth: number,
): "bad" | "stop" | "ok" {
  const { address, read, write, execute, privileged, last } = fault;
  const extended = BigInt.asUintN(64, BigInt.asIntN(addressWidth, address));
  if (extended !== address) return "bad";
  if (privileged === true && (read || write)) return "bad";
  if (execute === true && read) return "bad";
  if (last && !read && !write) return "stop";
  return "ok";
}
