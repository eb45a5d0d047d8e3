/** The request being processed, and what was learned about it on the way. Scratch: nothing outlives a call. */
import { ECAP_NWFS } from "./generated/registers";
import { Capability } from "./capability";
import { NO_PASID } from "./outbox";

// Request kinds, in the order of the columns of Table 30 as packed in generated/faults.ts.
export const UNTRANSLATED: u32 = 0;
export const TRANSLATION: u32 = 1;
export const TRANSLATED: u32 = 2;
export const PAGE_REQUEST: u32 = 3;

// Address types as the bits of a filter of performance monitoring (§11.4.13.19).
export const AT_UNTRANSLATED: u32 = 1 << UNTRANSLATED;
export const AT_TRANSLATION: u32 = 1 << TRANSLATION;
export const AT_TRANSLATED: u32 = 1 << TRANSLATED;

// The access word of the batch form: bits 1:0 type, 2 privileged, 3 execute, 28:16 size in bytes.
export const ACCESS_TYPE: u32 = 3;
export const ACCESS_READ: u32 = 0;
export const ACCESS_WRITE: u32 = 1;
export const ACCESS_ATOMIC: u32 = 2;
export const ACCESS_PRIVILEGED: u32 = 1 << 2;
export const ACCESS_EXECUTE: u32 = 1 << 3;
export const ACCESS_SIZE_SHIFT: u32 = 16;

export class Request {
  static kind: u32 = 0;
  static sourceId: u32 = 0;
  /** The PASID of the prefix, or NO_PASID. */
  static pasid: u32 = 0;
  static address: u64 = 0;
  static access: u32 = 0;
  /** A privileged request: by its prefix, or without one by RID_PRIV. */
  static privileged: bool = false;
  /** The PASID whose entry decides: that of the prefix, or RID_PASID. */
  static effectivePasid: u32 = 0;
  /** Fault Processing Disable was met in some entry on the way (§7.1.3, "qualified"). */
  static faultProcessingDisabled: bool = false;

  static begin(kind: u32, sourceId: u32, pasid: u32, address: u64, access: u32): void {
    Request.kind = kind;
    Request.sourceId = sourceId;
    Request.pasid = pasid;
    Request.address = address;
    // Implementation choice R4: without a prefix there is nothing that could ask for privilege.
    Request.access = pasid == NO_PASID ? access & ~(ACCESS_PRIVILEGED | ACCESS_EXECUTE) : access;
    Request.effectivePasid = pasid;
    Request.forgetEntries();
  }

  /** What entries on the way have told of the request is no longer so: it looks at them again. */
  static forgetEntries(): void {
    Request.privileged = (Request.access & ACCESS_PRIVILEGED) != 0;
    Request.faultProcessingDisabled = false;
  }

  static get hasPasid(): bool {
    return Request.pasid != NO_PASID;
  }
  static get executes(): bool {
    return (Request.access & ACCESS_EXECUTE) != 0;
  }
  static get type(): u32 {
    return Request.access & ACCESS_TYPE;
  }
  static get writes(): bool {
    return Request.type != ACCESS_READ;
  }
  static get reads(): bool {
    return Request.type != ACCESS_WRITE;
  }
  /** Whether the request asks for write permission: NW of a translation request (§4.2.3). */
  static get wantsWrite(): bool {
    const ignoresNoWrite = Request.kind == TRANSLATION && !Capability.has(ECAP_NWFS);
    return Request.writes || ignoresNoWrite;
  }
  static get size(): u32 {
    return Request.access >>> ACCESS_SIZE_SHIFT;
  }
  /** §3.14: no byte enabled; a read that a write-only page may serve. */
  static get isZeroLengthRead(): bool {
    return Request.size == 0 && Request.type == ACCESS_READ;
  }
}
