import { read, write, type AccessSequence } from "./access.js";
import { registerBit, registerBits } from "./fields.js";

/** A fault record, as far as the handler tells of it. */
export interface FaultRecord {
  readonly sourceId: number;
  readonly reason: number;
  readonly address: bigint;
}

/** Fault recording registers of a unit, from CAP. */
export interface FaultRegisters {
  /** Byte offset of the first. */
  readonly at: number;
  readonly count: number;
}

const RECORD = 16;
const F = 1n << 31n;
const FRI = registerBits("FSTS", "FRI");
const PPF = registerBit("FSTS", "PPF");
const PFO = registerBit("FSTS", "PFO");
/** Bit 7 of FSTS was a page request overflow once; Linux still writes it. */
const OLD_PRO = 1n << 7n;

export function faultRegistersOf(capability: bigint): FaultRegisters {
  const at = Number(registerBits("CAP", "FRO").get(capability)) * 16;
  return { at, count: Number(registerBits("CAP", "NFR").get(capability)) + 1 };
}

/** The fault thread (dmar_fault): takes the pending records, and then clears the status. */
export function* takeFaults(places: FaultRegisters): AccessSequence<FaultRecord[]> {
  const records: FaultRecord[] = [];
  const status = yield* read("FSTS");
  if ((status & (PPF | PFO)) === 0n) return records;
  let index = Number(FRI.get(status)) % places.count;
  for (let left = places.count; left > 0 && (status & PPF) !== 0n; left--) {
    const record = places.at + RECORD * index;
    const high = yield* part(record, 12, 4);
    if ((high & F) === 0n) break;
    const middle = yield* part(record, 8, 4);
    const address = yield* part(record, 0, 8);
    yield { access: "write", register: "FRCD+12", offset: record + 12, size: 4, value: F };
    records.push({ sourceId: Number(middle & 0xffffn), reason: Number(high & 0xffn), address });
    index = (index + 1) % places.count;
  }
  yield* write("FSTS", PFO | PPF | OLD_PRO);
  return records;
}

function* part(record: number, byte: number, size: 4 | 8): AccessSequence<bigint> {
  return yield { access: "read", register: `FRCD+${byte}`, offset: record + byte, size };
}
