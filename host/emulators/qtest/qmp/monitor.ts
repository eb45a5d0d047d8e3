import type { Conversation } from "../connection.js";
import { JsonStream, type JsonItem } from "./json-stream.js";
import { QmpError } from "./qmp-error.js";
import { cpuList, listProperties, listTypes, machineList } from "./types.js";

export interface MonitorOptions {
  /** The machine goes back to power-on. */
  readonly reset: () => void;
  /** Version of this package. */
  readonly packageVersion: string;
  /** Microseconds since 1970, for events. */
  readonly now: () => number;
}

type Arguments = Readonly<Record<string, unknown>>;

interface Command {
  /** Names of the arguments that it may have, and their types. */
  readonly takes?: Readonly<Record<string, "string" | "boolean" | "object">>;
  readonly needs?: readonly string[];
  run(given: Arguments): unknown;
}

/** The QEMU whose options and machine are meant. */
const QEMU_VERSION = { micro: 0, minor: 1, major: 11 };
const CAPABILITIES = "qmp_capabilities";

/** One client of the monitor: QMP, as much of it as test programs ask for at start and end. */
export class QmpMonitor implements Conversation {
  readonly #options: MonitorOptions;
  readonly #stream = new JsonStream();
  readonly #commands: ReadonlyMap<string, Command>;
  #negotiated = false;
  #running = true;
  #finished = false;
  #events: object[] = [];

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#commands = new Map(Object.entries(this.#makeCommands()));
  }

  /** What the monitor says first. */
  get greeting(): string {
    return line({ QMP: { version: this.#version, capabilities: [] } });
  }

  /** The answers to what ends in this packet, each behind the events that it caused. */
  *feed(packet: Uint8Array): Iterable<string> {
    for (const item of this.#stream.feed(packet)) {
      if (this.#finished) return;
      const answer = this.#answer(item);
      yield [...this.#events.splice(0), answer].map(line).join("");
    }
  }

  close(): void {
    this.#events = [];
  }

  /** True behind the command quit. */
  get finished(): boolean {
    return this.#finished;
  }

  /** The event of an end by a signal; undefined before the negotiation. */
  farewell(): string | undefined {
    if (!this.#negotiated) return undefined;
    return line(this.#event("SHUTDOWN", { guest: false, reason: "host-signal" }));
  }

  get #version(): object {
    return { qemu: QEMU_VERSION, package: `viommu ${this.#options.packageVersion}` };
  }

  #makeCommands(): Record<string, Command> {
    return {
      [CAPABILITIES]: {
        takes: { enable: "object" },
        run: ({ enable = [] }) => this.#negotiate(enable),
      },
      "query-version": { run: () => this.#version },
      "query-status": {
        run: () => ({ status: this.#running ? "running" : "paused", running: this.#running }),
      },
      "query-commands": { run: () => [...this.#commands.keys()].map((name) => ({ name })) },
      "query-machines": { takes: { "compat-props": "boolean" }, run: () => machineList },
      "query-cpu-definitions": { run: () => cpuList },
      "qom-list-types": {
        takes: { implements: "string", abstract: "boolean" },
        run: ({ implements: implementing }) => listTypes(implementing as string | undefined),
      },
      "device-list-properties": {
        takes: { typename: "string" },
        needs: ["typename"],
        run: ({ typename }) => listProperties(typename as string),
      },
      stop: { run: () => this.#setRunning(false) },
      cont: { run: () => this.#setRunning(true) },
      system_reset: {
        run: () => {
          this.#options.reset();
          this.#tell("RESET", { guest: false, reason: "host-qmp-system-reset" });
          return {};
        },
      },
      quit: {
        run: () => {
          this.#tell("SHUTDOWN", { guest: false, reason: "host-qmp-quit" });
          this.#finished = true;
          return {};
        },
      },
    };
  }

  #answer(item: JsonItem): object {
    let id: unknown;
    try {
      if ("problem" in item) throw generic(`JSON parse error: ${item.problem}`);
      const request = requestOf(item.value);
      id = request.id;
      return withId({ return: this.#run(request.execute, request.given) }, id);
    } catch (error) {
      if (!(error instanceof QmpError)) throw error;
      return withId({ error: { class: error.class, desc: error.message } }, id);
    }
  }

  #run(name: string, given: Arguments): unknown {
    if (this.#negotiated === (name === CAPABILITIES)) {
      throw new QmpError(
        "CommandNotFound",
        this.#negotiated
          ? "capabilities have been negotiated already"
          : `capabilities are negotiated first: ${CAPABILITIES}`,
      );
    }
    const command = this.#commands.get(name);
    if (command === undefined) {
      throw new QmpError("CommandNotFound", `the command ${name} has not been found`);
    }
    checkArguments(command, given);
    return command.run(given);
  }

  #negotiate(enable: unknown): object {
    if (!Array.isArray(enable) || enable.length > 0) {
      throw generic(`enable is ${JSON.stringify(enable)}: there are no capabilities to enable`);
    }
    this.#negotiated = true;
    return {};
  }

  #setRunning(running: boolean): object {
    if (running !== this.#running) this.#tell(running ? "RESUME" : "STOP");
    this.#running = running;
    return {};
  }

  #tell(event: string, data?: object): void {
    this.#events.push(this.#event(event, data));
  }

  #event(event: string, data?: object): object {
    const now = this.#options.now();
    const timestamp = { seconds: Math.floor(now / 1e6), microseconds: now % 1e6 };
    return { timestamp, event, ...(data && { data }) };
  }
}

function line(message: object): string {
  return `${JSON.stringify(message)}\r\n`;
}

function withId(answer: object, id: unknown): object {
  return id === undefined ? answer : { ...answer, id };
}

function generic(message: string): QmpError {
  return new QmpError("GenericError", message);
}

function requestOf(value: unknown): { execute: string; given: Arguments; id: unknown } {
  if (!isObject(value)) throw generic("a request is a JSON object");
  const { execute, arguments: given = {}, id, ...others } = value;
  const [other] = Object.keys(others);
  if (other !== undefined) throw generic(`a request has no member "${other}"`);
  if (typeof execute !== "string") throw generic('a request has a string "execute"');
  if (!isObject(given)) throw generic('"arguments" is a JSON object');
  return { execute, given, id };
}

function checkArguments({ takes = {}, needs = [] }: Command, given: Arguments): void {
  for (const [name, value] of Object.entries(given)) {
    const type = Object.hasOwn(takes, name) ? takes[name] : undefined;
    if (type === undefined) throw generic(`the argument "${name}" is unexpected`);
    if (typeof value !== type) throw generic(`the argument "${name}" is no ${type}`);
  }
  const missing = needs.find((name) => !Object.hasOwn(given, name));
  if (missing !== undefined) throw generic(`the argument "${missing}" is missing`);
}

function isObject(value: unknown): value is Arguments {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
