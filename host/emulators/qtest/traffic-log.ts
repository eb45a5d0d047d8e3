import type { Conversation } from "./connection.js";

/** Writes down what is said, as QEMU does: R for what was received, S for what was sent. */
export function logged(conversation: Conversation, write: (line: string) => void): Conversation {
  const decoder = new TextDecoder("latin1");
  return {
    *feed(packet) {
      write(`[R] ${decoder.decode(packet).trimEnd()}\n`);
      for (const piece of conversation.feed(packet)) {
        write(`[S] ${piece.trimEnd()}\n`);
        yield piece;
      }
    },
    close: () => {
      conversation.close();
    },
  };
}
