import type { Access } from "../../spec/requests.js";
import type { DmaAnswer, Operation, TranslationAnswer } from "../operation.js";
import type { Channel } from "./channel.js";

interface Requester {
  /** Default: the first endpoint. */
  readonly sourceId?: number | undefined;
  /** Absent for a request without PASID. */
  readonly pasid?: number | undefined;
  readonly privileged?: boolean | undefined;
  readonly execute?: boolean | undefined;
}

/** A memory request of an endpoint. */
export interface DmaRequest extends Requester {
  readonly address: bigint;
  /** Default "read", or "write" if there is `data`. */
  readonly access?: Access | undefined;
  /** Bytes. Default that of `data`, or 4. */
  readonly length?: number | undefined;
  /** Of a write, default a pattern; of an AtomicOp the operand of a Swap. */
  readonly data?: Uint8Array | undefined;
  /** The address is a translated one (AT = 10b). Default false. */
  readonly translated?: boolean | undefined;
}

export interface AtsRequest extends Requester {
  readonly address: bigint;
  /** NW. Default false. */
  readonly noWrite?: boolean | undefined;
}

export interface PriRequest extends Requester {
  readonly address: bigint;
  /** Default true. */
  readonly read?: boolean | undefined;
  /** Default false. */
  readonly write?: boolean | undefined;
  /** Default true. */
  readonly last?: boolean | undefined;
  /** Page request group index. Default 0. */
  readonly group?: number | undefined;
}

export interface InterruptMessageRequest {
  readonly sourceId?: number | undefined;
  readonly address: bigint;
  readonly data: number;
}

/** Endpoints of the target, which send what the case wants. */
export class Endpoints {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** Sends a memory request. */
  dma(request: DmaRequest): Promise<DmaAnswer> {
    return this.#channel.ask<"dma">(this.#memoryOperation("dma", request));
  }

  /** Begins a memory request, which stays in flight until `end`. */
  begin(request: DmaRequest): Promise<DmaAnswer & { readonly token: number }> {
    return this.#channel.ask<"begin-access">(this.#memoryOperation("begin-access", request));
  }

  /** Ends a request in flight. */
  async end(token: number): Promise<void> {
    await this.#channel.ask({ op: "end-access", token });
  }

  /** Sends a translation request (AT = 01b). */
  translate(request: AtsRequest): Promise<TranslationAnswer> {
    return this.#channel.ask<"request-translation">({
      op: "request-translation",
      ...this.#requester(request),
      address: request.address,
      noWrite: request.noWrite ?? false,
    });
  }

  /** Sends a Page Request message. */
  async requestPage(request: PriRequest): Promise<void> {
    const { address, read = true, write = false, last = true, group = 0 } = request;
    const fields = { address, read, write, last, group };
    await this.#channel.ask({ op: "request-page", ...this.#requester(request), ...fields });
  }

  /** Sends an interrupt message: a DWORD write. */
  async interrupt({ sourceId, address, data }: InterruptMessageRequest): Promise<void> {
    const requester = sourceId ?? this.first;
    await this.#channel.ask({ op: "interrupt", sourceId: requester, address, data });
  }

  /** Sends an Invalidate Completion message. */
  async completeInvalidation(completion: { sourceId: number; itag: number }): Promise<void> {
    const { sourceId, itag } = completion;
    await this.#channel.ask({ op: "complete-invalidation", sourceId, itag });
  }

  /** Source-id of the first endpoint, which sends what says nothing else. */
  get first(): number {
    return this.#channel.session.description.endpoints[0] ?? 0;
  }

  #requester({ sourceId, pasid, privileged, execute }: Requester) {
    return { sourceId: sourceId ?? this.first, pasid, privileged, execute };
  }

  #memoryOperation<K extends "dma" | "begin-access">(op: K, request: DmaRequest): Operation<K> {
    const { address, data, translated = false } = request;
    const access = request.access ?? (data === undefined ? "read" : "write");
    const length = request.length ?? data?.length ?? 4;
    const given = access === "read" ? undefined : (data ?? pattern(length));
    const fields = { address, access, length, data: given, translated };
    return { op, ...this.#requester(request), ...fields };
  }
}

/** Bytes that are easy to recognise: A5 01 02 03 ... */
export function pattern(length: number, first = 0xa5): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index === 0 ? first : index & 0xff));
}
