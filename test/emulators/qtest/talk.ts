import { once } from "node:events";
import { PassThrough } from "node:stream";

import { onTestFinished } from "vitest";

import {
  q35Devices,
  QtestServer,
  type ChannelEnd,
  type Q35Options,
} from "../../../host/emulators/qtest/index.js";

/** A server at a pair of streams, and what a client does with them. */
export interface Talk {
  readonly server: QtestServer;
  /** Sends a packet as it is. */
  readonly send: (packet: string | Uint8Array) => void;
  /** The next line that the server says. */
  readonly line: () => Promise<string>;
  /** Sends a command; answers the next line. */
  readonly say: (command: string) => Promise<string>;
  /** Sends commands in one packet; answers as many lines. */
  readonly sayAll: (...commands: string[]) => Promise<string[]>;
  /** The client goes. */
  readonly leave: () => void;
}

/** A machine of `-device` options with 16 MiB of RAM. */
export function machineOf(...devices: string[]): Q35Options {
  return { memoryBytes: 16 * 2 ** 20, ...q35Devices(devices) };
}

/** Talks to a machine in the qtest protocol, by standard input and output. */
export async function talkTo(machine?: Q35Options): Promise<Talk> {
  return talk(machine, { kind: "stdio" }, []);
}

/** Talks to the monitor of a machine. */
export async function talkToMonitor(machine?: Q35Options): Promise<Talk> {
  return talk(machine, { kind: "null" }, [{ kind: "stdio" }]);
}

async function talk(
  machine: Q35Options | undefined,
  qtest: ChannelEnd,
  monitors: readonly ChannelEnd[],
): Promise<Talk> {
  const input = new PassThrough();
  const output = new PassThrough();
  const server = await QtestServer.start({
    ...(machine && { machine }),
    qtest,
    monitors,
    packageVersion: "1.2.3",
    stdio: { input, output },
  });
  onTestFinished(async () => {
    input.end();
    await server.close();
  });
  let text = "";
  output.on("data", (packet: Buffer) => {
    text += packet.toString("latin1");
  });
  const line = async (): Promise<string> => {
    while (!text.includes("\n")) await once(output, "data");
    const end = text.indexOf("\n");
    const found = text.slice(0, end);
    text = text.slice(end + 1);
    return found.trimEnd();
  };
  const sayAll = async (...commands: string[]): Promise<string[]> => {
    input.write(commands.map((each) => `${each}\n`).join(""));
    const lines: string[] = [];
    while (lines.length < commands.length) lines.push(await line());
    return lines;
  };
  return {
    server,
    send: (packet) => {
      input.write(packet);
    },
    line,
    say: async (command) => (await sayAll(command))[0]!,
    sayAll,
    leave: () => {
      input.end();
    },
  };
}
