import type { Ability } from "../abilities.js";
import { reportedCapabilities, type ReportedCapabilities } from "../capabilities.js";
import { configurationKey, type Configuration } from "../configuration.js";
import type { Operation } from "../operation.js";
import { TargetRefusal, type Target } from "../target.js";
import { GuardedSession, TargetBroken, within } from "./guarded-session.js";

/** A unit ready for a case: after power-good reset. */
export interface ReadySession {
  readonly session: GuardedSession;
  readonly capabilities: ReportedCapabilities;
}

/** What a unit reports, and what its endpoints can do. */
export interface KnownUnit {
  readonly capabilities: ReportedCapabilities;
  readonly abilities: ReadonlySet<Ability>;
}

/** A target may take so many times longer to start than to answer. */
const OPENING = 3;
/** After so many failed openings in a row there is no other attempt. */
const MOST_FAILURES = 3;

interface OpenSession extends ReadySession {
  readonly key: string;
  /** A case has had it since it was as after power-good reset. */
  used: boolean;
}

const VER = 0x00;
const CAP = 0x08;
const ECAP = 0x10;

/** Holds the session of the last case, for the next one that wants the same unit. */
export class SessionPool {
  readonly #target: Target;
  readonly #milliseconds: number;
  readonly #refusals = new Map<string, string>();
  readonly #known = new Map<string, KnownUnit>();
  /** Openings that failed, one after the other. */
  #failures = 0;
  #lastFailure = "";
  #open: OpenSession | undefined;

  /** @param milliseconds limit of what a target that may hang does at once */
  constructor(target: Target, milliseconds: number) {
    this.#target = target;
    this.#milliseconds = target.mayHang ? milliseconds : 0;
  }

  /** What there is to know of a unit; opens it the first time alone. */
  async look(configuration: Configuration): Promise<KnownUnit> {
    const known = this.#known.get(configurationKey(configuration));
    if (known !== undefined) return known;
    const { capabilities, session } = await this.#ready(configuration);
    return { capabilities, abilities: session.description.abilities };
  }

  /**
   * A session with that unit, as after power-good reset.
   * @throws TargetRefusal, TargetBroken
   */
  async take(configuration: Configuration): Promise<ReadySession> {
    const ready = await this.#ready(configuration);
    ready.used = true;
    return ready;
  }

  async #ready(configuration: Configuration): Promise<OpenSession> {
    const key = configurationKey(configuration);
    const refusal = this.#refusals.get(key);
    if (refusal !== undefined) throw new TargetRefusal(refusal);
    const open = this.#open;
    if (open?.key === key && (await this.#isFresh(open))) return open;
    await this.close();
    const session = await this.#openSession(configuration, key);
    const capabilities = await readCapabilities(session);
    this.#known.set(key, { capabilities, abilities: session.description.abilities });
    this.#open = { key, session, capabilities, used: false };
    return this.#open;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.session.close();
  }

  async #openSession(configuration: Configuration, key: string): Promise<GuardedSession> {
    if (this.#failures >= MOST_FAILURES) throw new TargetBroken(this.#lastFailure);
    try {
      const opening = this.#target.open(configuration);
      const session = await within(opening, OPENING * this.#milliseconds);
      this.#failures = 0;
      return new GuardedSession(session, this.#milliseconds);
    } catch (error) {
      if (error instanceof TargetRefusal) {
        this.#refusals.set(key, error.message);
      } else {
        this.#failures++;
        this.#lastFailure = error instanceof Error ? error.message : String(error);
        await this.#target.dispose?.();
      }
      throw error;
    }
  }

  /** Puts a session that a case has used back to the start; false if it cannot be. */
  async #isFresh(open: OpenSession): Promise<boolean> {
    const { session } = open;
    if (!open.used) return true;
    const { abilities } = session.description;
    if (session.broken !== undefined || !abilities.has("reset")) return false;
    const operations: Operation[] = [{ op: "reset", kind: "power-good" }, { op: "take-events" }];
    if (abilities.has("poison")) operations.unshift({ op: "heal" });
    try {
      const answers = await session.perform(operations);
      open.used = false;
      return answers.every(({ ok }) => ok);
    } catch (error) {
      if (error instanceof TargetBroken) return false;
      throw error;
    }
  }
}

async function readCapabilities(session: GuardedSession): Promise<ReportedCapabilities> {
  const answers = await session.perform([
    { op: "read-register", offset: VER, size: 4 },
    { op: "read-register", offset: CAP, size: 8 },
    { op: "read-register", offset: ECAP, size: 8 },
  ]);
  const [version, cap, ecap] = answers.map((answer) => {
    if (!answer.ok) throw new TargetBroken(`its registers cannot be read: ${answer.reason}`);
    return "value" in answer ? BigInt(answer.value) : 0n;
  }) as [bigint, bigint, bigint];
  return reportedCapabilities(Number(version), cap, ecap);
}
