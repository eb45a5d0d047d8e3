/** A call whose answer is there at once. */
// eslint-disable-next-line require-yield -- it waits for nothing
export function* atOnce<T>(answer: T): Generator<never, T, unknown> {
  return answer;
}

/** Runs code whose calls are all done at once. @throws RangeError if one waits. */
export function runAtOnce<T>(code: Generator<never, T, unknown>): T {
  const { done, value } = code.next();
  if (done !== true) throw new RangeError("a call waits: run the code where its steps are known");
  return value;
}

/** Waits for a promise in code that `runWaiting` runs. @throws what the promise is rejected with. */
export function* wait<T>(promise: Promise<T>): Generator<Promise<unknown>, T, unknown> {
  return (yield promise) as T;
}

/** Runs code whose calls wait by promises. */
export async function runWaiting<T>(code: Generator<Promise<unknown>, T, unknown>): Promise<T> {
  let next = code.next();
  while (next.done !== true) {
    let answer: unknown;
    try {
      answer = await next.value;
    } catch (error) {
      next = code.throw(error);
      continue;
    }
    next = code.next(answer);
  }
  return next.value;
}
