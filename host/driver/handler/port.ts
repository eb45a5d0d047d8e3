import type { FaultMessage } from "./fault-message.js";

/** An error of a system call, by its name in errno.h. */
export type ErrorName = `E${string}`;

/**
 * How a handler of page faults reaches the kernel. `Step` is what its calls wait by: steps of the driver stub's kernel,
 * promises, or nothing at all for a port whose calls are done at once.
 */
export interface FaultPort<Step = never> {
  /** poll(2) for input: waits until a group can be read. False: none will come any more. */
  poll(): Generator<Step, boolean, unknown>;
  /** read(2) of so many bytes; an empty answer if there is nothing. */
  read(count: number): Generator<Step, Uint8Array | ErrorName, unknown>;
  /** write(2); answers how many bytes were taken. */
  write(bytes: Uint8Array): Generator<Step, number | ErrorName, unknown>;
  /** Makes a page usable for what the request asks; false if the request is to be refused. */
  map(request: FaultMessage): Generator<Step, boolean, unknown>;
}
