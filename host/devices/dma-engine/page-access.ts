import type { DmaAttributes, DmaFailure } from "../../pci/dma-port.js";
import type { EngineContext } from "./context.js";
import type { Need, Translation } from "./device-tlb.js";
import type { MemoryRequests, Work } from "./memory-requests.js";
import { PageFinder, type Failure, type PageUse } from "./page-finder.js";
import { queueState, statusCode } from "./registers.js";

/** Data accesses of one descriptor, each within a page: find the page, then move the bytes. */
export class PageAccess {
  readonly #context: EngineContext;
  readonly #requests: MemoryRequests;
  readonly #finder: PageFinder;
  readonly #use: PageUse;

  constructor(context: EngineContext, requests: MemoryRequests, use: PageUse) {
    this.#context = context;
    this.#requests = requests;
    this.#use = use;
    this.#finder = new PageFinder(context, use);
  }

  /** `end` is where the buffer ends: pages up to there may be asked for together. */
  *read(iova: bigint, length: number, end: bigint, execute: boolean): Work<Uint8Array | Failure> {
    const need = { read: true, write: false, execute: execute && this.#use.mayExecute };
    const result = yield* this.#at(iova, end, need, (address, attributes) =>
      this.#requests.read({ ...attributes, address, length }, queueState.transferring),
    );
    return result.status === "ok" ? result.bytes : asFailure(result, iova);
  }

  *write(iova: bigint, bytes: Uint8Array, end: bigint): Work<Failure | undefined> {
    const need = { read: false, write: true, execute: false };
    const result = yield* this.#at(iova, end, need, (address, attributes) =>
      this.#requests.write({ ...attributes, address }, bytes, queueState.transferring),
    );
    return result.status === "ok" ? undefined : asFailure(result, iova);
  }

  /** Answers the old value. */
  *fetchAdd(iova: bigint, addend: bigint): Work<bigint | Failure> {
    const need = { read: true, write: true, execute: false };
    const result = yield* this.#at(iova, iova + 8n, need, (address, attributes) =>
      this.#requests.fetchAdd({ ...attributes, address }, addend, queueState.transferring),
    );
    return result.status === "ok" ? result.old : asFailure(result, iova);
  }

  *#at<T extends { readonly status: string }>(
    iova: bigint,
    end: bigint,
    need: Need,
    move: (address: bigint, attributes: DmaAttributes) => Work<T>,
  ): Work<T | DmaFailure | Failure> {
    const found = yield* this.#finder.find(iova, need, end);
    if ("status" in found) return found;
    // The function has no Translated Requests with PASID Enable: they carry no prefix.
    const attributes = found.translated
      ? { translated: true }
      : { ...this.#use.tag, execute: need.execute };
    const result = yield* this.#using(found.translation, move(found.address, attributes));
    yield queueState.transferring;
    return result;
  }

  /** An Invalidate Request that names the translation waits until the request has ended. */
  *#using<T>(translation: Translation | undefined, work: Work<T>): Work<T> {
    const { tlb } = this.#context;
    if (translation) tlb.beginUse(translation);
    try {
      return yield* work;
    } finally {
      if (translation) tlb.endUse(translation);
    }
  }
}

function asFailure(failure: DmaFailure | Failure, iova: bigint): Failure {
  if (failure.status === "failed") return failure;
  const code = failure.status === "CA" ? statusCode.ca : statusCode.ur;
  return { status: "failed", code, result: iova };
}
