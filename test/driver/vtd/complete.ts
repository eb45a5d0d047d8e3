import type { Kernel, Routine } from "../../../host/driver/index.js";

/** Runs a routine as a task, and all that it sets going; answers what it answers. */
export function complete<T>(kernel: Kernel, code: () => Routine<T>): T {
  const results: T[] = [];
  kernel.spawn("test", function* () {
    results.push(yield* code());
  });
  kernel.settle();
  if (results.length === 0) {
    throw new Error(kernel.tasks.filter(({ done, daemon }) => !done && !daemon)[0]!.complaint);
  }
  return results[0]!;
}
