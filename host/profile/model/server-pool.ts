import { IdQueue } from "./id-queue.js";

/** So many servers of one kind, and the flights that wait for one, first come, first served. */
export class ServerPool {
  readonly #free: number[];
  readonly waiting = new IdQueue();

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, n) => count - 1 - n);
  }

  /** A server, or -1 if none is free. */
  take(): number {
    return this.#free.pop() ?? -1;
  }

  free(server: number): void {
    this.#free.push(server);
  }
}
