import type { Descriptor, Outcome } from "./descriptor.js";
import {
  PageAccess,
  type Access,
  type Accessed,
  type AccessParts,
  type PageAccessData,
} from "./page-access.js";
import type { References, Referents } from "./references.js";
import { operation, statusCode } from "./registers.js";
import { isDone, type Step } from "./step.js";

const PAGE = 4096;
const OK: Outcome = { code: statusCode.ok, bytes: 0, result: 0n };

export interface OperationData {
  readonly offset: number;
  readonly source?: Uint8Array;
  readonly access?: PageAccessData;
}

/** Carries a descriptor out, page by page, in ascending order. */
export class Operation {
  readonly #descriptor: Descriptor;
  readonly #parts: AccessParts;
  /** Bytes done. */
  #offset = 0;
  /** What a copy or compare has read of its source, of the run in progress. */
  #source: Uint8Array | undefined;
  #access: PageAccess | undefined;

  constructor(descriptor: Descriptor, parts: AccessParts) {
    this.#descriptor = descriptor;
    this.#parts = parts;
  }

  step(): Step<Outcome> {
    const { valid, operation: code, length } = this.#descriptor;
    if (!valid) return { done: { ...OK, code: statusCode.badDescriptor } };
    if (code === operation.nop) return { done: OK };
    while (this.#offset < length) {
      this.#access ??= new PageAccess(this.#parts, this.#nextAccess());
      const step = this.#access.step();
      if (!isDone(step)) return step;
      this.#access = undefined;
      const end = this.#accessed(step.done);
      if (end) return { done: end };
    }
    return { done: { ...OK, bytes: length } };
  }

  /** Ends what is in flight. */
  cancel(): void {
    this.#access?.cancel();
  }

  snapshot(references: References): OperationData {
    return {
      offset: this.#offset,
      ...(this.#source && { source: this.#source }),
      ...(this.#access && { access: this.#access.snapshot(references) }),
    };
  }

  restore({ offset, source, access }: OperationData, referents: Referents): void {
    this.#offset = offset;
    this.#source = source;
    this.#access = access && PageAccess.restore(this.#parts, access, referents);
  }

  /** Bytes of the run in progress, which lies within one page of each buffer. */
  get #run(): number {
    const { source, destination, length, operation: code } = this.#descriptor;
    const offset = BigInt(this.#offset);
    const room = (start: bigint) => PAGE - Number((start + offset) & 0xfffn);
    const ofSource = code === operation.fill ? PAGE : room(source);
    const ofDestination = code === operation.verify ? PAGE : room(destination);
    return Math.min(ofSource, ofDestination, length - this.#offset);
  }

  #nextAccess(): Access {
    const { destination, length, operation: code, pattern } = this.#descriptor;
    const iova = destination + BigInt(this.#offset);
    const end = destination + BigInt(length);
    switch (code) {
      case operation.atomicAdd:
        return { kind: "atomic", iova, end, addend: pattern };
      case operation.fill:
        return { kind: "write", iova, end, bytes: this.#pattern };
      case operation.verify:
        return this.#readSource();
      default: {
        const source = this.#source;
        if (source === undefined) return this.#readSource();
        return code === operation.copy
          ? { kind: "write", iova, end, bytes: source }
          : { kind: "read", iova, end, length: this.#run, execute: false };
      }
    }
  }

  #readSource(): Access {
    const { source, length, execute } = this.#descriptor;
    const iova = source + BigInt(this.#offset);
    return { kind: "read", iova, end: source + BigInt(length), length: this.#run, execute };
  }

  /** Takes in what an access came to; answers how the descriptor ends, if it does. */
  #accessed(result: Accessed): Outcome | undefined {
    if (result.status === "failed") {
      return { code: result.code, bytes: this.#offset, result: result.result };
    }
    const { operation: code } = this.#descriptor;
    if (result.old !== undefined) return { ...OK, bytes: 8, result: result.old };
    const { bytes } = result;
    if (bytes && code !== operation.verify && this.#source === undefined) {
      this.#source = bytes;
      return undefined;
    }
    const expected = code === operation.verify ? this.#pattern : this.#source;
    const differs = bytes && expected ? firstDifference(bytes, expected) : -1;
    if (differs >= 0) return this.#mismatch(differs);
    this.#offset += this.#run;
    this.#source = undefined;
    return undefined;
  }

  #mismatch(at: number): Outcome {
    const bytes = this.#offset + at;
    return { code: statusCode.mismatch, bytes, result: this.#descriptor.source + BigInt(bytes) };
  }

  /** The pattern as it lies in the run in progress. */
  get #pattern(): Uint8Array {
    const word = new DataView(new ArrayBuffer(8));
    word.setBigUint64(0, this.#descriptor.pattern, true);
    const bytes = new Uint8Array(this.#run);
    for (let i = 0; i < 8 && i < bytes.length; i++)
      bytes[i] = word.getUint8((this.#offset + i) % 8);
    for (let done = 8; done < bytes.length; done *= 2) bytes.copyWithin(done, 0, done);
    return bytes;
  }
}

/** -1 if there is none. */
function firstDifference(bytes: Uint8Array, expected: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== expected[i]) return i;
  return -1;
}
