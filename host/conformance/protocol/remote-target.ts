import { abilityNames, type Ability } from "../abilities.js";
import type { Configuration } from "../configuration.js";
import type { Answer, Operation } from "../operation.js";
import {
  TargetRefusal,
  type MemoryRange,
  type Session,
  type SessionDescription,
  type Target,
} from "../target.js";
import { within } from "../runner/guarded-session.js";
import type { LineConnection } from "./connection.js";
import { answerFrom, isRecord, PROTOCOL_VERSION, revived, textOf } from "./json-form.js";

/** A running target at the other end of a connection. */
export interface RemoteEnd {
  readonly connection: LineConnection;
  /** Ends it without asking. */
  kill(): void;
}

/** A target that has just been started may compile something first. */
const GREETING_MILLISECONDS = 30_000;

interface Greeting {
  readonly title: string;
  readonly configurations: readonly string[] | undefined;
}

/**
 * A target that speaks the line protocol, started by `start` when it is needed, and again after it
 * has died.
 * @throws Error if it cannot be started, or does not greet as the protocol wants it
 */
export async function remoteTarget(name: string, start: () => Promise<RemoteEnd>): Promise<Target> {
  let end: RemoteEnd | undefined = await start();
  const { title, configurations } = await greetOrKill(end);
  return {
    name,
    title,
    ...(configurations !== undefined && { configurations }),
    mayHang: true,
    async open(configuration): Promise<Session> {
      if (end?.connection.ended !== undefined) end = undefined;
      if (end === undefined) {
        end = await start();
        await greetOrKill(end);
      }
      const running = end;
      const description = await openSession(running.connection, configuration);
      return new RemoteSession(running, description);
    },
    dispose(): Promise<void> {
      end?.kill();
      end = undefined;
      return Promise.resolve();
    },
  };
}

/** Whoever does not greet is not left running. */
async function greetOrKill(end: RemoteEnd): Promise<Greeting> {
  try {
    return await greet(end.connection);
  } catch (error) {
    end.kill();
    throw error;
  }
}

async function greet(connection: LineConnection): Promise<Greeting> {
  const greeting = connection.ask({ hello: { protocol: PROTOCOL_VERSION } });
  const message = await within(greeting, GREETING_MILLISECONDS);
  const { target } = message;
  if (!isRecord(target) || target["protocol"] !== PROTOCOL_VERSION) {
    throw new Error(
      `the target speaks protocol ${isRecord(target) ? String(target["protocol"]) : "unknown"}: ` +
        `expected ${PROTOCOL_VERSION} (docs/conformance-protocol.md)`,
    );
  }
  const { configurations, title } = target;
  const isList = Array.isArray(configurations) && configurations.length > 0;
  return {
    title: typeof title === "string" ? title : "a target without a title",
    configurations: isList ? configurations.map(String) : undefined,
  };
}

async function openSession(
  connection: LineConnection,
  { name, wishes }: Configuration,
): Promise<SessionDescription> {
  const message = await connection.ask({ open: { configuration: name, ...wishes } });
  if (message["refusal"] !== undefined) throw new TargetRefusal(textOf(message["refusal"]));
  return descriptionFrom(revived(message["session"], "open"));
}

function descriptionFrom(session: unknown): SessionDescription {
  const problem = (what: string): never => {
    throw new Error(`the target opens a session without ${what} (docs/conformance-protocol.md)`);
  };
  if (!isRecord(session)) return problem("a description");
  const { abilities, memory, hostAddressWidth, endpoints } = session;
  if (!Array.isArray(abilities)) return problem("a list of abilities");
  const unknown = abilities.find((each) => !abilityNames.includes(each as Ability)) as unknown;
  if (unknown !== undefined) return problem(`abilities that exist: ${textOf(unknown)} is none`);
  if (
    !isRecord(memory) ||
    typeof memory["start"] !== "bigint" ||
    typeof memory["end"] !== "bigint"
  ) {
    return problem("a range of memory");
  }
  if (!Number.isInteger(hostAddressWidth)) return problem("a hostAddressWidth");
  if (!Array.isArray(endpoints) || !endpoints.every(Number.isInteger)) {
    return problem("a list of endpoints");
  }
  return {
    abilities: new Set(abilities as Ability[]),
    memory: memory as unknown as MemoryRange,
    hostAddressWidth: hostAddressWidth as number,
    endpoints: endpoints as number[],
  };
}

class RemoteSession implements Session {
  readonly description: SessionDescription;
  readonly #end: RemoteEnd;

  constructor(end: RemoteEnd, description: SessionDescription) {
    this.#end = end;
    this.description = description;
  }

  async perform(operations: readonly Operation[]): Promise<readonly Answer[]> {
    const { answers } = await this.#end.connection.ask({ perform: operations });
    if (!Array.isArray(answers)) throw new Error("the target answers nonsense: no list of answers");
    return answers.map((answer, index) => answerFrom(answer, operations[index]?.op ?? ""));
  }

  async close(): Promise<void> {
    await this.#end.connection.ask({ close: true });
  }

  kill(): void {
    this.#end.connection.end("it was ended");
    this.#end.kill();
  }
}
