import { abilities, abilitiesOfOperations, type Ability } from "../abilities.js";
import type { Answer, Operation, OperationName, OperationTable } from "../operation.js";
import type { Session } from "../target.js";
import { CaseFailure, CaseSkip } from "./verdicts.js";
import type { ShadowMemory } from "./shadow-memory.js";

/** Operations that are sent together with the next one that is waited for. */
const MOST_POSTED = 512;

/**
 * The way from a case to its target. Operations whose answers say nothing wait for the next one that
 * does, so that a target behind a pipe gets few, long batches; the order stays.
 */
export class Channel {
  readonly #session: Session;
  readonly #memory: ShadowMemory;
  #posted: Operation[] = [];

  constructor(session: Session, memory: ShadowMemory) {
    this.#session = session;
    this.#memory = memory;
  }

  get session(): Session {
    return this.#session;
  }

  /** Does something whose answer tells nothing, now or with the next `ask`. */
  async post(operation: Operation): Promise<void> {
    this.#push(operation);
    if (this.#posted.length >= MOST_POSTED) await this.flush();
  }

  /** Does something, after everything before it, and answers what came of it. */
  async ask<K extends OperationName>(
    operation: Operation<K>,
  ): Promise<OperationTable[K]["answer"]> {
    const [answer] = await this.askAll([operation]);
    return answer!;
  }

  /** As `ask`, for several at once. */
  async askAll<K extends OperationName>(
    operations: readonly Operation<K>[],
  ): Promise<OperationTable[K]["answer"][]> {
    for (const operation of operations) this.#push(operation as Operation);
    const answers = await this.#send();
    const asked = answers.slice(answers.length - operations.length);
    return asked;
  }

  /** Does everything that waits. */
  async flush(): Promise<void> {
    this.#posted.push(...this.#memory.takeChanges());
    await this.#send();
  }

  /** Throws a CaseSkip if the target lacks an ability. */
  require(ability: Ability): void {
    if (!this.#session.description.abilities.has(ability)) {
      throw new CaseSkip(`needs a target that ${abilities[ability]}`);
    }
  }

  #push(operation: Operation): void {
    for (const ability of abilitiesOf(operation)) this.require(ability);
    this.#posted.push(...this.#memory.takeChanges(), operation);
  }

  async #send(): Promise<Answer[]> {
    const batch = this.#posted;
    this.#posted = [];
    if (batch.length === 0) return [];
    const answers = await this.#session.perform(batch);
    answers.forEach((answer, index) => {
      if (answer.ok) return;
      const what = `${batch[index]!.op}: ${answer.reason}`;
      throw answer.unsupported === true ? new CaseSkip(answer.reason) : new CaseFailure(what);
    });
    return [...answers];
  }
}

function abilitiesOf(operation: Operation): Ability[] {
  const found: Ability[] = [];
  const general = abilitiesOfOperations[operation.op];
  if (general !== undefined) found.push(general);
  if ("pasid" in operation && operation.pasid !== undefined) found.push("pasid");
  if ("privileged" in operation && operation.privileged === true) found.push("privileged");
  if ("execute" in operation && operation.execute === true) found.push("execute");
  if (operation.op === "reset") found.push(operation.kind === "warm" ? "warm-reset" : "reset");
  if (operation.op === "dma" || operation.op === "begin-access") {
    if (operation.access === "atomic") found.push("atomic");
    if (operation.length === 0) found.push("zero-length-read");
    if (operation.translated === true) found.push("translated");
  }
  return found;
}
