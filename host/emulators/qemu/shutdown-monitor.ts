import { createServer, type Server, type Socket } from "node:net";

/** Why QEMU's machine stopped, in QEMU's words: "guest-shutdown", "guest-reset", "host-signal". */
export type ShutdownReason = string;

const LONGEST_LINE = 1 << 20;

/** The monitor connection (QMP) of one QEMU, which tells no more than how its guest ended. */
export class ShutdownMonitor {
  readonly #path: string;
  readonly #server: Server;
  #socket: Socket | undefined;
  #ended: Promise<void> = Promise.resolve();
  #reason: ShutdownReason | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#server = createServer((socket) => {
      this.#accept(socket);
    });
  }

  /** How the guest of a QEMU that has ended did so; undefined if QEMU did not tell. */
  async finalReason(): Promise<ShutdownReason | undefined> {
    await this.#ended;
    return this.#reason;
  }

  /** QEMU has come. */
  get connected(): boolean {
    return this.#socket !== undefined;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#path, resolve);
    });
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    if (this.#socket !== undefined) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    this.#ended = new Promise((resolve) => {
      socket.once("close", () => {
        resolve();
      });
    });
    socket.on("error", () => undefined);
    socket.write('{"execute":"qmp_capabilities"}\n');
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (text + chunk).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) this.#take(line);
      if (text.length > LONGEST_LINE) socket.destroy();
    });
  }

  #take(line: string): void {
    const { event, data } = parsed(line);
    if (event === "SHUTDOWN") this.#reason = String(data?.reason);
  }
}

interface Notice {
  readonly event?: unknown;
  readonly data?: { readonly reason?: unknown };
}

function parsed(line: string): Notice {
  try {
    return JSON.parse(line) as Notice;
  } catch {
    return {};
  }
}
