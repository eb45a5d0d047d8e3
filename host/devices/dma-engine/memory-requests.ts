import type {
  DmaAtomicResult,
  DmaPort,
  DmaReadResult,
  DmaRequest,
  DmaResult,
  DmaTransfer,
} from "../../pci/dma-port.js";
import type { Counters } from "./context.js";

/** The memory request of one queue: begun in one tick, ended in the next. */
export class MemoryRequests {
  readonly #dma: DmaPort;
  readonly #counters: Counters;
  #transfer: DmaTransfer | undefined;

  constructor(dma: DmaPort, counters: Counters) {
    this.#dma = dma;
    this.#counters = counters;
  }

  /** A request has begun and not ended. */
  get inFlight(): boolean {
    return this.#transfer !== undefined;
  }

  begin(request: DmaRequest): void {
    if (request.translated) this.#counters.translatedRequests += 1;
    else this.#counters.untranslatedRequests += 1;
    this.#transfer = this.#dma.begin(request);
  }

  finishRead(): DmaReadResult {
    const result = this.#finish((transfer) => transfer.finishRead());
    if (result.status === "ok") this.#counters.bytesRead += BigInt(result.bytes.length);
    return result;
  }

  finishWrite(bytes: Uint8Array): DmaResult {
    const result = this.#finish((transfer) => transfer.finishWrite(bytes));
    if (result.status === "ok") this.#counters.bytesWritten += BigInt(bytes.length);
    return result;
  }

  finishFetchAdd(addend: bigint): DmaAtomicResult {
    return this.#finish((transfer) => transfer.finishAtomic((old) => old + addend));
  }

  cancel(): void {
    this.#transfer?.cancel();
    this.#transfer = undefined;
  }

  snapshot(): unknown {
    return this.#transfer?.snapshot();
  }

  restore(state: unknown): void {
    this.#transfer = state === undefined ? undefined : this.#dma.resume(state);
  }

  #finish<T>(end: (transfer: DmaTransfer) => T): T {
    if (this.#transfer === undefined) throw new Error("no memory request is in flight");
    try {
      return end(this.#transfer);
    } finally {
      this.cancel();
    }
  }
}
