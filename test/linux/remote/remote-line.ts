import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The guest's second serial port, from outside: lines there and back, each with its answer. */
export class RemoteLine {
  readonly #folder = mkdtempSync(join(tmpdir(), "viommu-remote-"));
  readonly #server: Server;
  #socket: Socket | undefined;
  #text = "";
  readonly #lines: string[] = [];
  #waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  #over: Error | undefined;

  constructor() {
    this.#server = createServer((socket) => {
      this.#socket = socket;
      socket.on("data", (data) => {
        this.#take(data.toString("latin1"));
      });
      const end = () => {
        this.#end(new Error("the guest has gone"));
      };
      socket.on("error", end);
      socket.on("close", end);
    });
    this.#server.listen(this.#path);
  }

  get #path(): string {
    return join(this.#folder, "line");
  }

  /** For QEMU. */
  get options(): string[] {
    return ["-chardev", `socket,id=remote,path=${this.#path}`, "-serial", "chardev:remote"];
  }

  /** The next line of the guest. */
  next(): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#over !== undefined) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  request(line: string): Promise<string> {
    const answer = this.next();
    this.#socket?.write(`${line}\n`);
    return answer;
  }

  /** Also for a guest that never came. */
  close(): void {
    this.#end(new Error("the line is closed"));
    this.#socket?.destroy();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #end(error: Error): void {
    this.#over ??= error;
    this.#waiting?.reject(this.#over);
    this.#waiting = undefined;
  }

  #take(text: string): void {
    const lines = (this.#text + text).split(/\r?\n/);
    this.#text = lines.pop() ?? "";
    for (const line of lines) {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting === undefined) this.#lines.push(line);
      else waiting.resolve(line);
    }
  }
}
