import type { Readable, Writable } from "node:stream";
import { TargetRefusal, type Session, type Target } from "../target.js";
import { isRecord, lineOf, operationFrom, PROTOCOL_VERSION } from "./json-form.js";
import { readLines } from "./lines.js";

/**
 * Speaks the target's part of the line protocol for a target in this process, until the input ends.
 * A message that makes no sense is answered with an error.
 */
export function serveTarget(target: Target, input: Readable, output: Writable): Promise<void> {
  let session: Session | undefined;
  const answer = async (message: Record<string, unknown>): Promise<object> => {
    if (message["hello"] !== undefined) {
      const { title, configurations } = target;
      return { target: { protocol: PROTOCOL_VERSION, title, configurations } };
    }
    if (isRecord(message["open"])) {
      const { configuration, ...wishes } = message["open"];
      const opened = await target.open({ name: String(configuration), wishes });
      session = opened;
      const { abilities, ...description } = opened.description;
      return { session: { ...description, abilities: [...abilities] } };
    }
    if (session === undefined) throw new Error("no session is open");
    if (Array.isArray(message["perform"])) {
      return { answers: await session.perform(message["perform"].map(operationFrom)) };
    }
    if (message["close"] === undefined) throw new Error("expected hello, open, perform or close");
    await session.close();
    session = undefined;
    return {};
  };
  let last = Promise.resolve();
  return new Promise((resolve) => {
    readLines(
      input,
      (line) => {
        last = last.then(async () => void output.write(lineOf(await answered(line, answer))));
      },
      () => {
        void last.then(resolve);
      },
    );
  });
}

async function answered(
  line: string,
  answer: (message: Record<string, unknown>) => Promise<object>,
): Promise<object> {
  let id: unknown;
  try {
    const message: unknown = JSON.parse(line);
    if (!isRecord(message)) throw new Error("a message is an object");
    id = message["id"];
    return { id, ...(await answer(message)) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return error instanceof TargetRefusal ? { id, refusal: text } : { id, error: text };
  }
}
