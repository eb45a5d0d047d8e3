import type { DmaFailure } from "../../pci/dma-port.js";
import type { EngineContext } from "./context.js";
import type { Need, Translation } from "./device-tlb.js";
import type { MemoryRequests } from "./memory-requests.js";
import {
  PageSearch,
  type Failure,
  type FoundPage,
  type PageSearchData,
  type PageUse,
  type Wanted,
} from "./page-search.js";
import type { QueueReport } from "./queue-report.js";
import type { References, Referents } from "./references.js";
import { queueState, statusCode } from "./registers.js";
import { isDone, type Step } from "./step.js";

/** A data access within a page. `end` is where its buffer ends. */
export type Access = { readonly iova: bigint; readonly end: bigint } & (
  | { readonly kind: "read"; readonly length: number; readonly execute: boolean }
  | { readonly kind: "write"; readonly bytes: Uint8Array }
  /** Adds to a 64-bit word. */
  | { readonly kind: "atomic"; readonly addend: bigint }
);

/** `bytes` of a read, the `old` value of an atomic access. */
export type Accessed =
  { readonly status: "ok"; readonly bytes?: Uint8Array; readonly old?: bigint } | Failure;

/** The parts of an engine that an access needs. */
export interface AccessParts {
  readonly context: EngineContext;
  readonly requests: MemoryRequests;
  readonly use: PageUse;
  readonly report: QueueReport;
}

export interface PageAccessData {
  readonly access: Access;
  /** Until the page is found. */
  readonly search?: PageSearchData;
  /** Of the request in flight. */
  readonly translation?: number;
  /** When the request has ended. */
  readonly result?: Accessed;
}

/** Carries one access out: find the page, then move the bytes. */
export class PageAccess {
  readonly #parts: AccessParts;
  readonly #access: Access;
  #search: PageSearch | undefined;
  #translation: Translation | undefined;
  #result: Accessed | undefined;

  constructor(parts: AccessParts, access: Access) {
    this.#parts = parts;
    this.#access = access;
    this.#search = this.#searchFor(wantedBy(access, parts.use));
  }

  step(): Step<Accessed> {
    if (this.#result) return { done: this.#result };
    if (this.#search) {
      const found = this.#search.step();
      if (!isDone(found)) return found;
      if (found.done.status === "failed") return { done: found.done };
      this.#search = undefined;
      this.#begin(found.done);
    } else {
      this.#result = this.#finish();
    }
    return queueState.transferring;
  }

  /** Ends what is in flight. */
  cancel(): void {
    this.#parts.requests.cancel();
    this.#endUse();
  }

  snapshot(references: References): PageAccessData {
    const translation = this.#translation;
    return {
      access: this.#access,
      ...(this.#search && { search: this.#search.snapshot(references) }),
      ...(translation && { translation: references.translation(translation) }),
      ...(this.#result && { result: this.#result }),
    };
  }

  static restore(parts: AccessParts, data: PageAccessData, referents: Referents): PageAccess {
    const { access, search, translation, result } = data;
    const restored = new PageAccess(parts, access);
    restored.#search = search && restored.#searchFor(search);
    if (search) restored.#search?.restore(search, referents);
    if (translation !== undefined) restored.#translation = referents.translation(translation);
    restored.#result = result;
    return restored;
  }

  #searchFor(wanted: Wanted): PageSearch {
    const { context, use, report } = this.#parts;
    return new PageSearch(context, use, report, wanted);
  }

  /** An Invalidate Request that names the translation waits until the request has ended. */
  #begin({ address, translated, translation }: FoundPage): void {
    const { context, requests, use } = this.#parts;
    this.#translation = translation;
    if (translation) context.tlb.beginUse(translation);
    const { execute } = wantedBy(this.#access, use).need;
    // The function has no Translated Requests with PASID Enable: they carry no prefix.
    const attributes = translated ? { translated } : { ...use.tag, execute };
    const { kind } = this.#access;
    requests.begin({ ...attributes, access: kind, address, length: lengthOf(this.#access) });
  }

  #finish(): Accessed {
    try {
      const result = this.#finishRequest();
      return result.status === "ok" ? result : asFailure(result, this.#access.iova);
    } finally {
      this.#endUse();
    }
  }

  #finishRequest(): DmaFailure | (Accessed & { readonly status: "ok" }) {
    const { requests } = this.#parts;
    switch (this.#access.kind) {
      case "read":
        return requests.finishRead();
      case "write":
        return requests.finishWrite(this.#access.bytes);
      case "atomic":
        return requests.finishFetchAdd(this.#access.addend);
    }
  }

  #endUse(): void {
    if (this.#translation) this.#parts.context.tlb.endUse(this.#translation);
    this.#translation = undefined;
  }
}

function wantedBy(access: Access, use: PageUse): Wanted & { readonly need: Need } {
  const { iova, end, kind } = access;
  const need = {
    read: kind !== "write",
    write: kind !== "read",
    execute: kind === "read" && access.execute && use.mayExecute,
  };
  return { iova, need, end };
}

function lengthOf(access: Access): number {
  switch (access.kind) {
    case "read":
      return access.length;
    case "write":
      return access.bytes.length;
    case "atomic":
      return 8;
  }
}

function asFailure({ status }: DmaFailure, iova: bigint): Failure {
  const code = status === "CA" ? statusCode.ca : statusCode.ur;
  return { status: "failed", code, result: iova };
}
