import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

/** What a client is spoken to with: takes packets, and answers them piece by piece. */
export interface Conversation {
  /** What is said before the client says anything. */
  readonly greeting?: string;
  /** True if the client has asked for the end. */
  readonly finished?: boolean;
  feed(packet: Uint8Array): Iterable<string>;
  /** What is said when the server ends. */
  farewell?(): string | undefined;
  close(): void;
}

/** Written at once; a client that reads slower than it writes is waited for. */
const WRITE_BYTES = 1 << 16;

/**
 * Speaks with a client until it is gone or has asked for the end. Its death, however it comes, ends the conversation and is no error.
 * @throws what the conversation throws.
 */
export async function converse(
  input: Readable,
  output: Writable,
  conversation: Conversation,
): Promise<void> {
  let gone = false;
  const lost = new Promise<void>((resolve) => {
    const leave = (): void => {
      gone = true;
      resolve();
    };
    output.once("close", leave).once("error", leave);
    input.once("close", leave).once("error", leave);
  });
  const write = async (text: string): Promise<void> => {
    if (gone || output.write(text, "latin1")) return;
    await Promise.race([once(output, "drain").catch(() => undefined), lost]);
  };
  try {
    if (conversation.greeting !== undefined) await write(conversation.greeting);
    for await (const packet of chunks(input)) {
      let text = "";
      for (const piece of conversation.feed(packet)) {
        text += piece;
        if (text.length < WRITE_BYTES) continue;
        await write(text);
        text = "";
        if (gone) return;
      }
      if (text !== "") await write(text);
      if (gone || conversation.finished === true) return;
    }
  } finally {
    conversation.close();
  }
}

/** The packets of a stream; a stream that breaks has ended. */
async function* chunks(input: Readable): AsyncIterable<Uint8Array> {
  const packets = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  for (;;) {
    let next: IteratorResult<Uint8Array>;
    try {
      next = await packets.next();
    } catch {
      return;
    }
    if (next.done === true) return;
    yield next.value;
  }
}
