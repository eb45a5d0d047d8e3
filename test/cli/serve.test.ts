import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

import { Client, u16, u32, u64 } from "../emulators/vfio-user/client.js";
import { temporaryFolder, viommuHere } from "./run.js";
import { schemaProblems } from "./schema.js";

interface Served {
  readonly directory: string;
  readonly ramFile: string;
  readonly dmarFile: string;
  readonly dmaLayout: string;
  readonly functions: readonly { readonly at: string; readonly socket: string }[];
  readonly arguments: readonly string[];
}

const main = fileURLToPath(new URL("../../dist/host/cli/main.js", import.meta.url));
const RAM_AT_1_MIB = [0x10_0000n, 0x3f0_0000n, 0x10_0000n] as const;
const CONFIG = 7;

/** The built command in a process of its own. */
class Server {
  #stderr = "";
  #stdout = "";
  readonly #process;
  readonly exited: Promise<unknown[]>;

  constructor(...args: readonly string[]) {
    const child = spawn(process.execPath, [main, "serve", "--memory", "64", ...args]);
    this.#process = child;
    this.exited = once(child, "close");
    child.stdout.on("data", (data: Buffer) => (this.#stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (this.#stderr += data.toString()));
    onTestFinished(async () => {
      child.kill("SIGTERM");
      await this.exited;
    });
  }

  static async start(...args: readonly string[]): Promise<Server> {
    const server = new Server(...args);
    await server.says("serving in ");
    return server;
  }

  get printed(): string {
    return this.#stdout;
  }

  get served(): Served {
    const printed = JSON.parse(this.#stdout) as Served;
    expect(schemaProblems("serve", printed)).toEqual([]);
    return printed;
  }

  /** Waits until standard error has a text. */
  async says(text: string): Promise<void> {
    while (!this.#stderr.includes(text)) {
      const more = once(this.#process.stderr, "data").then(() => true);
      if (await Promise.race([more, this.exited.then(() => false)])) continue;
      throw new Error(`never said ${JSON.stringify(text)}, but:\n${this.#stderr}`);
    }
  }

  async connect(index: number): Promise<Client> {
    const client = await Client.connect(this.served.functions[index]!.socket);
    onTestFinished(() => {
      client.close();
    });
    await client.negotiate();
    return client;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}

describe("a server for a QEMU that the user starts", () => {
  it("prints as JSON what QEMU needs, and its files are there", async () => {
    const directory = temporaryFolder();
    const { served } = await Server.start(
      ...["--json", "--directory", directory, "--endpoint", "edu@00:03.0"],
    );
    expect(served.functions.map(({ at }) => at)).toEqual(["00:04.0", "00:03.0"]);
    expect(statSync(served.ramFile).size).toBe(64 * 2 ** 20);
    expect(readFileSync(served.dmarFile).toString("latin1", 0, 4)).toBe("DMAR");
    const after = (option: string) => served.arguments.filter((_, i, all) => all[i - 1] === option);
    expect(after("-acpitable")).toEqual([`file=${served.dmarFile}`]);
    expect(JSON.parse(after("-object")[0]!)).toMatchObject({
      "mem-path": served.ramFile,
      share: true,
      size: 64 * 2 ** 20,
    });
    expect(after("-device").map((text) => JSON.parse(text) as unknown)).toEqual(
      served.functions.map(({ at, socket: path }) => ({
        driver: "vfio-user-pci",
        addr: at.slice(3),
        socket: { type: "unix", path },
      })),
    );
  });

  it("prints options that a shell takes as they are, also from a folder with a quote in its name", async () => {
    const directory = join(temporaryFolder(), "it's, here");
    const server = await Server.start("--directory", directory, "--dma-layout", "count32");
    const words = execFileSync("sh", ["-c", `printf '%s\\n' ${server.printed}`]).toString();
    const args = words.trim().split("\n");
    const devices = args.filter((_, i) => args[i - 1] === "-device");
    expect(devices.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { addr: "04.0", socket: { path: join(directory, "unit.sock") } },
      { addr: "05.0", socket: { path: join(directory, "00-05.0.sock") } },
    ]);
    expect(args.at(-1)).toBe(`file=${join(directory, "dmar.bin").replaceAll(",", ",,")}`);
  });

  it("serves the registers, and tells who comes, goes and is refused", async () => {
    const server = await Server.start("--json");
    const client = await server.connect(0);
    expect((await client.read(0, 0, 4)).readUInt32LE()).toBe(0x60);
    await server.says("the unit: a client has come");
    const second = await Client.connect(server.served.functions[0]!.socket);
    await second.closed;
    await server.says("refused: the unit: a second client came");
    client.close();
    await server.says("the unit: its client is gone");
    const next = await server.connect(0);
    expect((await next.read(0, 0, 4)).readUInt32LE()).toBe(0x60);
  });

  it("tells of an interrupt that its client does not take", async () => {
    const server = await Server.start("--json");
    const client = await server.connect(0);
    client.answer = () => ({ errno: 5 });
    await client.map(...RAM_AT_1_MIB);
    await client.write(0, 0x3c, u32(0x31));
    await client.write(0, 0x40, u32(0xfee0_0000));
    await client.write(0, 0x38, u32(0));
    await client.write(0, 0x90, u64(0x10_0000n));
    await client.write(0, 0x18, u32(1 << 26));
    await client.write(0, 0x88, u64(0x10n));
    await server.says("an interrupt is lost, no client took it: data 0x31 to 0xfee00000");
  });

  it("tells of memory that is not shared, and of registers that the guest has moved", async () => {
    const server = await Server.start("--json");
    const client = await server.connect(0);
    await client.map(0x10_0000n, 0x3f0_0000n, 0n);
    await server.says("the guest's memory is not shared with the server");
    await client.write(CONFIG, 0x10, u32(0xfb00_0000));
    await client.write(CONFIG, 4, u16(7));
    await server.says("registers at 0xfb000000, and DMAR says 0xfd000000");
  });
});

describe("a server ends", () => {
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "with 0 at %s, clients or not, and takes its folder away",
    async (signal) => {
      const server = await Server.start("--json");
      const client = await server.connect(1);
      server.kill(signal);
      expect(await server.exited).toEqual([0, null]);
      await client.closed;
      expect(existsSync(server.served.directory)).toBe(false);
    },
  );

  it("with 0 when the last client is gone, if that is asked for", async () => {
    const server = await Server.start("--json", "--until-disconnected");
    const [unit, endpoint] = [await server.connect(0), await server.connect(1)];
    unit.close();
    await server.says("the unit: its client is gone");
    expect((await endpoint.read(CONFIG, 0, 2)).length).toBe(2);
    endpoint.close();
    expect(await server.exited).toEqual([0, null]);
    expect(existsSync(server.served.directory)).toBe(false);
  });

  it("with 3 when the last client is gone, and one had broken the protocol", async () => {
    const server = await Server.start("--json", "--until-disconnected");
    const client = await server.connect(0);
    client.raw(Buffer.concat([u16(7), u16(10), u32(3), u32(0), u32(0)]));
    await server.says("the unit: its client is lost: ");
    expect(await server.exited).toEqual([3, null]);
  });

  it("and leaves what others have put into its folder", async () => {
    const directory = temporaryFolder();
    writeFileSync(join(directory, "mine"), "");
    const server = await Server.start("--json", "--directory", directory);
    server.kill("SIGINT");
    await server.exited;
    expect(readdirSync(directory)).toEqual(["mine"]);
  });
});

it("a server whose folder was deleted ends with 0", async () => {
  const directory = join(temporaryFolder(), "served");
  const server = await Server.start("--json", "--directory", directory);
  rmSync(directory, { recursive: true });
  server.kill("SIGINT");
  expect(await server.exited).toEqual([0, null]);
});

describe("a server that was killed", () => {
  it("leaves what it has put into the user's folder, and the next one there removes that first", async () => {
    const directory = temporaryFolder();
    writeFileSync(join(directory, "mine"), "");
    const first = await Server.start("--json", "--directory", directory);
    const files = readdirSync(directory);
    first.kill("SIGKILL");
    await first.exited;
    expect(readdirSync(directory)).toEqual(files);
    const next = await Server.start("--json", "--directory", directory);
    expect(readdirSync(directory)).toEqual(files);
    expect((await (await next.connect(0)).read(0, 0, 4)).readUInt32LE()).toBe(0x60);
    next.kill("SIGTERM");
    await next.exited;
    expect(readdirSync(directory)).toEqual(["mine"]);
  });

  it("leaves a folder of its own, which the next server removes", async () => {
    const first = await Server.start("--json");
    const { directory } = first.served;
    first.kill("SIGKILL");
    await first.exited;
    expect(existsSync(directory)).toBe(true);
    await Server.start("--json");
    expect(existsSync(directory)).toBe(false);
  });
});

it("a server whose client is killed inside a message tells so, and serves the next one", async () => {
  const server = await Server.start("--json");
  const client = await server.connect(0);
  client.raw(Buffer.concat([u16(7), u16(10), u32(4096), u32(0), u32(0)]));
  client.close();
  await server.says("the unit: its client is lost: the client went away inside a message");
  const next = await server.connect(0);
  expect((await next.read(0, 0, 4)).readUInt32LE()).toBe(0x60);
});

it("a server ends with 0 when nobody reads its output, and takes its folder away", async () => {
  const directory = join(temporaryFolder(), "served");
  const words = [process.execPath, main, "serve", "--memory", "64", "--directory", directory];
  const script = `{ sleep 0.1; "$@"; echo "code $?" >&2; } | true`;
  const shell = spawn("sh", ["-c", script, "sh", ...words]);
  let stderr = "";
  shell.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  await once(shell, "close");
  expect(stderr).toMatch(/code 0\n$/);
  expect(existsSync(directory)).toBe(false);
});

describe("a server that cannot be ends with 2, and says what can:", () => {
  it("another one has the folder: that one's files stay", async () => {
    const first = await Server.start("--json");
    const { directory } = first.served;
    const before = readdirSync(directory);
    const { code, stderr } = await viommuHere(["serve", "--directory", directory]);
    expect(stderr).toMatch(/ram exists: another run uses the folder/);
    expect([code, readdirSync(directory)]).toEqual([2, before]);
  });

  it("a socket is there: it stays, and nothing else does", async () => {
    const directory = temporaryFolder();
    const other = createServer().listen(join(directory, "00-05.0.sock"));
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { code, stderr } = await viommuHere(["serve", "--directory", directory]);
    expect(stderr).toMatch(/00-05\.0\.sock; the socket exists: delete it/);
    expect([code, readdirSync(directory)]).toEqual([2, ["00-05.0.sock"]]);
  });

  it("the folder's name is too long for sockets: nothing is left", async () => {
    const directory = join(temporaryFolder(), "d".repeat(100));
    const { code, stderr } = await viommuHere(["serve", "--directory", directory]);
    expect(stderr).toMatch(/socket path .* has \d+ bytes, at most 107 are possible/);
    expect([code, existsSync(directory)]).toEqual([2, false]);
  });

  it("the folder is none", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    for (const directory of [join(file, "x"), join(temporaryFolder(), "a/b")]) {
      const { code, stderr } = await viommuHere(["serve", "--directory", directory]);
      expect(stderr).toMatch(/is no folder that can be used: /);
      expect(code).toBe(2);
    }
  });

  it.each([
    [["--memory", "1"], /--memory "1" is no number from 64 to 65536/],
    [["--dma-layout", "count16"], /Allowed choices are count64, count32/],
    [["--endpoint", "edu@00:04.0"], /00:04\.0 is taken by the unit/],
    [["--unit", "PSS"], /--unit "PSS" has not the form FIELD=VALUE/],
    [["--directory", ""], /--directory "" is no folder/],
  ])("%j", async (args, message) => {
    const { code, stderr } = await viommuHere(["serve", ...args]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
