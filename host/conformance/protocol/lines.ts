import type { Readable } from "node:stream";

/** No message of the protocol is longer. */
const LONGEST_LINE = 64 * 2 ** 20;

/**
 * Calls back with each line of a stream, without its end. A line that is too long ends it with an error, as
 * the end of the stream does.
 */
export function readLines(
  stream: Readable,
  onLine: (line: string) => void,
  onEnd: (why: string) => void,
): void {
  let parts: string[] = [];
  let length = 0;
  let ended = false;
  const end = (why: string): void => {
    if (ended) return;
    ended = true;
    onEnd(why);
  };
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const pieces = text.split("\n");
    for (const [index, piece] of pieces.entries()) {
      parts.push(piece);
      length += piece.length;
      if (length > LONGEST_LINE) {
        end(`a line has more than ${LONGEST_LINE} characters`);
        stream.destroy();
        return;
      }
      if (index === pieces.length - 1) continue;
      const line = parts.join("");
      parts = [];
      length = 0;
      if (!ended && line.trim() !== "") onLine(line);
    }
  });
  stream.on("error", (error) => {
    end(error.message);
  });
  stream.on("close", () => {
    end("it has closed the connection");
  });
  stream.on("end", () => {
    end("it has closed the connection");
  });
}
