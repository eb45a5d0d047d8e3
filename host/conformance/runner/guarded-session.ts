import type { Answer, Operation } from "../operation.js";
import { answerProblem } from "../answer-shape.js";
import type { Session, SessionDescription } from "../target.js";

/** The target is gone, hangs or talks nonsense: nothing more is to be had from this session. */
export class TargetBroken extends Error {
  override readonly name = "TargetBroken";
}

/** A session whose target may not be trusted: it gets a time limit, and its answers are looked at. */
export class GuardedSession implements Session {
  readonly description: SessionDescription;
  readonly #session: Session;
  readonly #milliseconds: number;
  #broken: string | undefined;

  /** @param milliseconds for each batch of operations; 0 for no limit */
  constructor(session: Session, milliseconds: number) {
    this.#session = session;
    this.#milliseconds = milliseconds;
    this.description = session.description;
  }

  /** Why the session cannot be used any more. */
  get broken(): string | undefined {
    return this.#broken;
  }

  async perform(operations: readonly Operation[]): Promise<readonly Answer[]> {
    if (this.#broken !== undefined) throw new TargetBroken(this.#broken);
    let answers: readonly Answer[];
    try {
      answers = await within(this.#session.perform(operations), this.#milliseconds);
    } catch (error) {
      throw this.#breaks(error instanceof Error ? error.message : String(error));
    }
    const problem = problemOf(operations, answers);
    if (problem !== undefined) throw this.#breaks(`the target answers nonsense: ${problem}`);
    return answers;
  }

  async close(): Promise<void> {
    try {
      if (this.#broken !== undefined) this.#session.kill?.();
      else await within(this.#session.close(), this.#milliseconds);
    } catch {
      this.#session.kill?.();
    }
  }

  #breaks(why: string): TargetBroken {
    this.#broken = why;
    return new TargetBroken(why);
  }
}

function problemOf(operations: readonly Operation[], answers: unknown): string | undefined {
  if (!Array.isArray(answers)) return "the answer is no list";
  if (answers.length !== operations.length) {
    return `${operations.length} operations have ${answers.length} answers`;
  }
  for (const [index, operation] of operations.entries()) {
    const problem = answerProblem(operation, answers[index]);
    if (problem !== undefined) return `to ${operation.op}, ${problem}`;
  }
  return undefined;
}

/** Waits for at most so many milliseconds. */
export async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  if (milliseconds === 0) return promise;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer from the target within ${milliseconds / 1000} seconds`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
