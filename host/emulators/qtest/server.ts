import type { Readable, Writable } from "node:stream";
import { Channel, type ChannelEnd } from "./channel.js";
import { Q35, type Q35Options } from "./q35.js";
import { QmpMonitor } from "./qmp/monitor.js";
import { QtestSession } from "./session.js";
import { logged } from "./traffic-log.js";

export interface QtestServerOptions {
  /** The machine; without one there is only the monitor (`-machine none`). */
  readonly machine?: Q35Options;
  /** Where clients of the qtest protocol come from. */
  readonly qtest: ChannelEnd;
  /** Where clients of QMP come from. Default none. */
  readonly monitors?: readonly ChannelEnd[];
  /** Of this package, for QMP. */
  readonly packageVersion: string;
  readonly stdio: { readonly input: Readable; readonly output: Writable };
  /** Gets what is said in the qtest protocol, line by line. */
  readonly log?: (line: string) => void;
}

/** A machine behind the qtest protocol, and a monitor beside it. */
export class QtestServer {
  /** The machine, for tests and tools in this process; undefined without one. */
  readonly q35: Q35 | undefined;
  readonly #channels: Channel[] = [];
  readonly #quit: Promise<void>;
  #finish: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  private constructor(q35: Q35 | undefined) {
    this.q35 = q35;
    this.#quit = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    // It is heard by who waits for the end.
    this.#quit.catch(() => undefined);
  }

  /**
   * Serves from now on.
   * @throws OptionError, CapabilityError, RangeError for a machine that cannot be; Error of node:net for a
   * socket that cannot be made or reached.
   */
  static async start(options: QtestServerOptions): Promise<QtestServer> {
    const { machine, qtest, monitors = [], packageVersion, stdio, log } = options;
    const q35 = machine === undefined ? undefined : await Q35.create(machine);
    const server = new QtestServer(q35);
    const meetTester = () => {
      const session = new QtestSession(q35);
      return log === undefined ? session : logged(session, log);
    };
    const meetMonitor = () =>
      new QmpMonitor({
        reset: () => q35?.reset(),
        packageVersion,
        now: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
      });
    try {
      const ends = [
        { end: qtest, meet: meetTester },
        ...monitors.map((end) => ({ end, meet: meetMonitor })),
      ];
      for (const { end, meet } of ends) {
        const channel = await Channel.open(end, {
          meet,
          stdio,
          finished: server.#finish,
          failed: server.#fail,
        });
        server.#channels.push(channel);
      }
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /**
   * Until the monitor was told to quit, or all clients are gone and no more can come.
   * @throws what is a defect of this package.
   */
  async ended(): Promise<void> {
    const gone = async (): Promise<void> => {
      await Promise.all(this.#channels.map((channel) => channel.ended()));
      if (this.#channels.some(({ listening }) => listening)) await new Promise(() => undefined);
    };
    await Promise.race([this.#quit, gone()]);
  }

  /** Says farewell to the clients; sockets are gone afterwards. */
  async close(): Promise<void> {
    await Promise.all(this.#channels.map((channel) => channel.close()));
  }
}
