import { servedArguments } from "../emulators/qemu/machine-arguments.js";
import { RunFolder } from "../emulators/qemu/run-folder.js";
import {
  VfioUserServer,
  type DmaLayout,
  type ServedEndpoint,
} from "../emulators/vfio-user/index.js";
import { hex } from "./numbers.js";
import type { UnitOptions } from "./unit-options.js";

/** A server for a QEMU that somebody else starts. */
export interface ServeOptions {
  /** Absolute. Default: a new folder in memory. */
  readonly directory?: string;
  readonly memoryMib: number;
  readonly unit: UnitOptions;
  readonly endpoints?: readonly ServedEndpoint[];
  readonly dmaLayout: DmaLayout;
  /** The server ends when its last client is gone. */
  readonly untilDisconnected: boolean;
  /** Aborted, the server ends. */
  readonly signal: AbortSignal;
}

/** What a QEMU has to be told to be a client. */
export interface Served {
  readonly directory: string;
  readonly ramFile: string;
  readonly dmarFile: string;
  readonly functions: VfioUserServer["functions"];
  /** Options of QEMU. */
  readonly arguments: readonly string[];
}

export interface ServeListener {
  /** All sockets listen. */
  serving(served: Served): void;
  /** Something happened that the user may want to know. */
  told(what: string): void;
}

/** Why a server ended: it was stopped, its clients are gone, or they are gone and something was wrong with one. */
export type ServeEnding = "stopped" | "gone" | "broken";

/**
 * Serves until it is stopped, or its clients are gone. Sockets and files are gone afterwards.
 * @throws QemuError, RangeError if a file or a socket cannot be made; Error of node:net if one cannot listen.
 */
export async function serve(options: ServeOptions, listener: ServeListener): Promise<ServeEnding> {
  const { directory, memoryMib, unit, endpoints, dmaLayout } = options;
  const ramBytes = memoryMib * 2 ** 20;
  const folder =
    directory === undefined ? RunFolder.create(ramBytes) : RunFolder.at(directory, ramBytes);
  try {
    const server = await VfioUserServer.start({
      unit,
      directory: folder.path,
      ramFile: folder.ramFile,
      dmaLayout,
      ...(endpoints !== undefined && { endpoints }),
    });
    try {
      folder.adopt(server.functions.map(({ socket }) => socket));
      const parts = {
        memoryMib,
        ramFile: folder.ramFile,
        dmarFile: folder.write("dmar.bin", server.dmar),
        functions: server.functions,
        fiveLevels: server.iommu.capabilities.values["FS5LP"] === 1,
      };
      const ending = endingOf(server, options, listener);
      listener.serving({ directory: folder.path, ...parts, arguments: servedArguments(parts) });
      return await ending;
    } finally {
      await server.close();
    }
  } finally {
    folder.remove();
  }
}

async function endingOf(
  server: VfioUserServer,
  { untilDisconnected, signal }: ServeOptions,
  listener: ServeListener,
): Promise<ServeEnding> {
  let clients = 0;
  let broken = false;
  const wrong = (what: string): void => {
    broken = true;
    listener.told(what);
  };
  const unsubscribe: (() => void)[] = [];
  const ending = new Promise<ServeEnding>((resolve) => {
    unsubscribe.push(
      server.on("connected", (name) => {
        clients++;
        listener.told(`${name}: a client has come`);
      }),
      server.on("disconnected", ({ name, reason }) => {
        clients--;
        if (reason === undefined) listener.told(`${name}: its client is gone`);
        else wrong(`${name}: its client is lost: ${reason}`);
        if (untilDisconnected && clients === 0) resolve(broken ? "broken" : "gone");
      }),
    );
    signal.addEventListener("abort", () => {
      resolve("stopped");
    });
    if (signal.aborted) resolve("stopped");
  });
  unsubscribe.push(
    server.on("refused", (reason) => {
      listener.told(`refused: ${reason}`);
    }),
    server.on("lostInterrupt", ({ address, data }) => {
      listener.told(
        `an interrupt is lost, no client took it: data ${hex(data)} to ${hex(address)}`,
      );
    }),
    server.on("misplaced", wrong),
    server.on("unshared", wrong),
  );
  try {
    return await ending;
  } finally {
    for (const off of unsubscribe) off();
  }
}
