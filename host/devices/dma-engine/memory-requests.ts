import type {
  DmaAtomicResult,
  DmaPort,
  DmaReadResult,
  DmaRequest,
  DmaResult,
  DmaTransfer,
} from "../../pci/dma-port.js";
import type { Counters } from "./context.js";
import type { QueueState } from "./registers.js";

/** Work of a queue: each `yield` ends a tick and tells the state that software sees meanwhile. */
export type Work<T> = Generator<QueueState, T, void>;

/** Memory requests of one queue: begun in one tick, ended in the next. */
export class MemoryRequests {
  readonly #dma: DmaPort;
  readonly #counters: Counters;
  /** A request has begun and not ended. */
  inFlight = false;

  constructor(dma: DmaPort, counters: Counters) {
    this.#dma = dma;
    this.#counters = counters;
  }

  *read(request: Omit<DmaRequest, "access">, meanwhile: QueueState): Work<DmaReadResult> {
    const finish = (transfer: DmaTransfer) => transfer.finishRead();
    const result = yield* this.#run({ ...request, access: "read" }, meanwhile, finish);
    if (result.status === "ok") this.#counters.bytesRead += BigInt(request.length);
    return result;
  }

  *write(
    request: Omit<DmaRequest, "access" | "length">,
    bytes: Uint8Array,
    meanwhile: QueueState,
  ): Work<DmaResult> {
    const finish = (transfer: DmaTransfer) => transfer.finishWrite(bytes);
    const full = { ...request, access: "write", length: bytes.length } as const;
    const result = yield* this.#run(full, meanwhile, finish);
    if (result.status === "ok") this.#counters.bytesWritten += BigInt(bytes.length);
    return result;
  }

  *fetchAdd(
    request: Omit<DmaRequest, "access" | "length">,
    addend: bigint,
    meanwhile: QueueState,
  ): Work<DmaAtomicResult> {
    const finish = (transfer: DmaTransfer) => transfer.finishAtomic((old) => old + addend);
    return yield* this.#run({ ...request, access: "atomic", length: 8 }, meanwhile, finish);
  }

  *#run<T>(
    request: DmaRequest,
    meanwhile: QueueState,
    finish: (transfer: DmaTransfer) => T,
  ): Work<T> {
    if (request.translated) this.#counters.translatedRequests += 1;
    else this.#counters.untranslatedRequests += 1;
    const transfer = this.#dma.begin(request);
    this.inFlight = true;
    try {
      yield meanwhile;
      return finish(transfer);
    } finally {
      transfer.cancel();
      this.inFlight = false;
    }
  }
}
