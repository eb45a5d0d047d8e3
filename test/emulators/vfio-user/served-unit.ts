import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { VfioUserServer } from "../../../host/emulators/vfio-user/index.js";
import { Client } from "./client.js";

export const RAM = 2 ** 24;
/** Region of configuration space. */
export const CONFIG = 7;

/** A server with a RAM file, what it tells its host, and the clients of it. */
export class ServedUnit {
  readonly refused: string[] = [];
  /** Why clients went away. */
  readonly gone: (string | undefined)[] = [];
  readonly #clients: Client[] = [];

  private constructor(
    readonly directory: string,
    readonly ramFile: string,
    readonly server: VfioUserServer,
  ) {
    server.on("refused", (reason) => this.refused.push(reason));
    server.on("disconnected", ({ reason }) => this.gone.push(reason));
  }

  static async start(): Promise<ServedUnit> {
    const directory = mkdtempSync(join(tmpdir(), "vfu-"));
    const ramFile = join(directory, "ram");
    const file = openSync(ramFile, "w");
    ftruncateSync(file, RAM);
    closeSync(file);
    return new ServedUnit(directory, ramFile, await VfioUserServer.start({ directory, ramFile }));
  }

  /** A client of a function that has not negotiated. */
  async connectOnly(index: number): Promise<Client> {
    const client = await Client.connect(this.server.functions[index]!.socket);
    this.#clients.push(client);
    return client;
  }

  async connect(index: number): Promise<Client> {
    const client = await this.connectOnly(index);
    await client.negotiate();
    return client;
  }

  /** A client has gone away. */
  async oneGone(): Promise<void> {
    while (this.gone.length === 0) await new Promise(setImmediate);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.server.close();
    expect(this.server.functions.filter(({ socket }) => existsSync(socket))).toEqual([]);
    rmSync(this.directory, { recursive: true });
  }
}

/** The server has done what it was sent so far: it answers in order. */
export const settled = (client: Client) => client.request(4, Buffer.alloc(16));
