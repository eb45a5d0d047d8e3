import { createServer, type Socket } from "node:net";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import {
  EduDriver,
  PciAccess,
  QtestClient,
  QtestClientError,
  QtestRefusal,
  QtestServer,
  TestdevDriver,
  type QtestInterrupt,
} from "../../../host/emulators/qtest/index.js";
import { temporaryFolder } from "../../cli/run.js";
import { machineOf } from "./talk.js";

const EDU = "edu,dma_mask=0xffffffffffffffff";

/** A server that listens at a socket, and the path. */
async function serve(...devices: string[]): Promise<{ path: string; server: QtestServer }> {
  const path = join(temporaryFolder(), "qtest");
  const server = await QtestServer.start({
    machine: machineOf(...devices),
    qtest: { kind: "unix", path, listens: true },
    packageVersion: "1.2.3",
    stdio: { input: process.stdin, output: process.stdout },
  });
  onTestFinished(() => server.close());
  return { path, server };
}

async function connected(path: string, timeLimitMs?: number): Promise<QtestClient> {
  const client = await QtestClient.connect(path, { ...(timeLimitMs && { timeLimitMs }) });
  onTestFinished(() => {
    client.close();
  });
  return client;
}

/** Something at a socket that answers as the test likes. */
async function impostor(answer: (socket: Socket, text: string) => void): Promise<string> {
  const path = join(temporaryFolder(), "qtest");
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (packet) => {
      answer(socket, packet.toString());
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    server.close();
  });
  return path;
}

describe("a qtest client", () => {
  it("reads and writes memory, ports and blocks", async () => {
    const { path } = await serve();
    const client = await connected(path);
    await client.write(0x1000n, 8, 0x1122_3344_5566_7788n);
    expect(await client.read(0x1004n, 2)).toBe(0x3344n);
    await client.portWrite(0xcf8, 4, 0x8000_0000);
    expect(await client.portRead(0xcfc, 2)).toBe(0x8086);
    const bytes = Uint8Array.from({ length: 3 * 2 ** 20 + 5 }, (_, index) => (index * 7) & 0xff);
    await client.writeBytes(0x10_0000n, bytes);
    expect(Buffer.compare(await client.readBytes(0x10_0000n, bytes.length), bytes)).toBe(0);
    await client.fill(0x10_0000n, 2, 0xee);
    expect(await client.readBytes(0x10_0000n, 3)).toEqual(Uint8Array.of(0xee, 0xee, bytes[2]!));
    await client.fill(0n, 0, 1);
  });

  it("sends what is not waited for at once, and gives answers in order", async () => {
    const packets: string[] = [];
    const path = await impostor((socket, text) => {
      packets.push(text);
      const lines = text.trimEnd().split("\n");
      socket.write(lines.map((line) => `OK ${line.split(" ")[1] ?? ""}\n`).join(""));
    });
    const client = await connected(path);
    const values = await Promise.all([1n, 2n, 3n].map((address) => client.read(address, 1)));
    expect(values).toEqual([1n, 2n, 3n]);
    expect(packets).toEqual(["readb 0x1\nreadb 0x2\nreadb 0x3\n"]);
  });

  it("goes on behind a command that the server refuses", async () => {
    const { path } = await serve();
    const client = await connected(path);
    const [refused, fine] = await Promise.allSettled([
      client.command("nonsense"),
      client.command("endianness"),
    ]);
    expect(refused).toMatchObject({ status: "rejected" });
    await expect(client.command("nonsense")).rejects.toThrow(QtestRefusal);
    await expect(client.command("nonsense")).rejects.toThrow('unknown command "nonsense"');
    expect(fine).toEqual({ status: "fulfilled", value: "little" });
    expect(() => client.command("readb 0\nreadb 0")).toThrow("a command is one line");
  });

  it("tells of interrupt lines, ahead of the answer that they came with", async () => {
    const { path } = await serve(EDU);
    const client = await connected(path);
    const seen: QtestInterrupt[] = [];
    const off = client.on((interrupt) => seen.push(interrupt));
    const bar = await new PciAccess(client).open(0x08);
    await new PciAccess(client).writeConfig(0x08, 0x04, 2, 6);
    await client.interceptInterrupts("ioapic");
    await client.write(bar + 0x60n, 4, 1n);
    expect(seen).toEqual([{ line: 21, raised: true }]);
    off();
    await client.write(bar + 0x64n, 4, 1n);
    expect(seen).toHaveLength(1);
  });

  it("fails with the reason when the server dies, and from then on", async () => {
    const path = await impostor((socket) => {
      socket.destroy();
    });
    const client = await connected(path);
    const both = await Promise.allSettled([client.read(0n, 1), client.read(1n, 1)]);
    for (const each of both) {
      expect(each).toMatchObject({
        reason: { message: expect.stringContaining("gone") as string },
      });
    }
    await expect(client.read(2n, 1)).rejects.toThrow(
      'has ended: the server is gone (at "readb 0x0")',
    );
    expect(client.end).toBeInstanceOf(QtestClientError);
  });

  it.each([
    ["what answers nothing", "HELLO\n", 'it says "HELLO", which answers nothing'],
    ["more answers than commands", "OK 0x1\nOK 0x2\n", 'it says "OK 0x2", which answers nothing'],
  ])("ends the connection to a server that says %s", async (_, said, why) => {
    const path = await impostor((socket) => {
      socket.write(said);
    });
    const client = await connected(path);
    await client.read(0n, 1).catch(() => undefined);
    await expect(client.read(0n, 1)).rejects.toThrow(why);
  });

  it("refuses an answer that is no number, and blocks of another length", async () => {
    const path = await impostor((socket, text) => {
      socket.write(text.startsWith("b64read") ? "OK AAAA\n" : "OK lots\n");
    });
    const client = await connected(path);
    await expect(client.read(0n, 1)).rejects.toThrow('the answer "lots" is no number');
    await expect(client.readBytes(0n, 4)).rejects.toThrow("4 bytes were asked for, and 3 came");
  });

  it("gives a server that does not answer up after the time limit", async () => {
    const client = await connected(await impostor(() => undefined), 50);
    await expect(client.read(0n, 1)).rejects.toThrow('no answer to "readb 0x0" in 50 ms');
  });

  it("says where it found no server", async () => {
    await expect(QtestClient.connect(join(temporaryFolder(), "none"))).rejects.toThrow(
      /no qtest server listens at .*none/,
    );
    const signal = AbortSignal.timeout(20);
    await expect(QtestClient.accept(join(temporaryFolder(), "qtest"), signal)).rejects.toThrow(
      "no qtest server came to",
    );
  });

  it("ends commands without an answer when it hangs up", async () => {
    const client = await connected(await impostor(() => undefined));
    const asked = client.read(0n, 1);
    client.close();
    await expect(asked).rejects.toThrow("the client has hung up");
  });
});

describe("drivers over a qtest client", () => {
  it("finds functions, and gives windows apart from each other", async () => {
    const { path } = await serve(EDU, "iommu-testdev");
    const pci = new PciAccess(await connected(path));
    const found = await pci.functions();
    expect(found.map(({ bdf }) => bdf)).toEqual([0x00, 0x08, 0x10, 0xf8, 0xfa, 0xfb]);
    expect(found[2]).toEqual({ bdf: 0x10, vendor: 0x1b36, device: 0x0005 });
    expect(await pci.open(0x10)).toBe(0xe000_0000n);
    expect(await pci.open(0x08)).toBe(0xe010_0000n);
    await expect(pci.open(0xf8)).rejects.toThrow("00:1f.0 has no 32-bit memory window 0");
  });

  it("moves memory by edu's DMA, and tells how iommu-testdev's write ended", async () => {
    const { path } = await serve(EDU, "iommu-testdev");
    const client = await connected(path);
    const pci = new PciAccess(client);
    const edu = await EduDriver.open(client, pci, 0x08);
    await client.writeBytes(0x1000n, Uint8Array.of(1, 2, 3, 4));
    await edu.readMemory(0x1001n, 3, 5);
    await edu.writeMemory(0x2000n, 2, 6);
    expect(await client.readBytes(0x2000n, 3)).toEqual(Uint8Array.of(3, 4, 0));
    await expect(edu.readMemory(0n, 4097)).rejects.toThrow("do not fit into edu's 4096 bytes");
    const testdev = await TestdevDriver.open(client, pci, 0x10);
    expect(await testdev.write(0x3000n, 0x3000n, 4)).toBe(0);
    expect(await client.read(0x3000n, 4)).toBe(0x1234_5678n);
    expect(await testdev.write(0x3000n, 0x2000n, 4)).toBe(0xdead_0004);
  });

  it("sends interrupt messages by edu, with address and data of choice", async () => {
    const { path } = await serve(EDU);
    const client = await connected(path);
    const edu = await EduDriver.open(client, new PciAccess(client), 0x08);
    await edu.sendMessage(0xfee0_1000n, 0x1234);
    expect(await client.command("viommu_messages")).toBe("1 0xfee01000 0x1234");
  });
});

describe("a server at a socket", () => {
  it("serves one client after the other, and the machine stays as it was left", async () => {
    const { path } = await serve();
    const first = await connected(path);
    await first.write(0x1000n, 4, 42n);
    const second = await connected(path);
    const waiting = second.read(0x1000n, 4);
    await first.write(0x1000n, 4, 43n);
    first.close();
    expect(await waiting).toBe(43n);
  });

  it("outlives a client that dies in the middle of a line, and of an answer", async () => {
    const { path } = await serve();
    const rude = await connected(path);
    for (let i = 0; i < 50; i++) rude.readBytes(0n, 2 ** 20).catch(() => undefined);
    await rude.read(0n, 1).catch(() => undefined);
    rude.close();
    const next = await connected(path);
    expect(await next.command("endianness")).toBe("little");
  });

  it("says farewell when it ends: its clients know", async () => {
    const { path, server } = await serve();
    const client = await connected(path);
    await client.command("endianness");
    await server.close();
    await expect(client.command("endianness")).rejects.toThrow("has ended");
  });
});
