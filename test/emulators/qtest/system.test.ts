import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

import {
  OptionError,
  parseSystemArguments,
  PciAccess,
  QtestClient,
  TestdevDriver,
  type SystemArguments,
} from "../../../host/emulators/qtest/index.js";
import { temporaryFolder } from "../../cli/run.js";

const program = fileURLToPath(new URL("../../../dist/host/cli/system-x86_64.js", import.meta.url));
const UNIT = 0xfed9_0000n;

interface Started {
  readonly child: ChildProcess;
  readonly client: QtestClient;
  readonly monitor: Socket;
  /** Everything that the monitor said. */
  readonly said: () => string;
}

/** Starts the command as QEMU's test library does: it connects to sockets of the library. */
async function start(...args: string[]): Promise<Started> {
  const folder = temporaryFolder();
  const [qtest, qmp] = [join(folder, "sock"), join(folder, "qmp")];
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(qmp, resolve));
  const monitored = once(listener, "connection") as Promise<[Socket]>;
  const accepted = QtestClient.accept(qtest, AbortSignal.timeout(30_000));
  const child = spawn(process.execPath, [
    program,
    ...["-qtest", `unix:${qtest}`, "-qtest-log", "/dev/null"],
    ...["-chardev", `socket,path=${qmp},id=char0`, "-mon", "chardev=char0,mode=control"],
    ...["-display", "none", "-audio", "none", "-run-with", "exit-with-parent=on"],
    ...[...args, "-accel", "qtest"],
  ]);
  onTestFinished(() => {
    child.kill("SIGKILL");
    listener.close();
  });
  const [client, [monitor]] = await Promise.all([accepted, monitored]);
  let text = "";
  monitor.on("data", (packet) => (text += packet.toString()));
  monitor.on("error", () => undefined);
  return { child, client, monitor, said: () => text };
}

/** Waits until the monitor has said something. */
async function until({ monitor, said }: Started, words: string): Promise<void> {
  while (!said().includes(words)) await once(monitor, "data");
}

async function run(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const child = spawn(process.execPath, [program, ...args]);
  let [out, error] = ["", ""];
  child.stdout.on("data", (packet: Buffer) => (out += packet.toString()));
  child.stderr.on("data", (packet: Buffer) => (error += packet.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, out, error };
}

describe("viommu-system-x86_64", () => {
  it("takes the options of QEMU's test library, and ends with SIGTERM and code 0", async () => {
    const started = await start(
      "-machine",
      "q35",
      "-smp",
      "1",
      "-m",
      "512",
      "-net",
      "none",
      "-device",
      "intel-iommu",
    );
    expect(await started.client.command("endianness")).toBe("little");
    expect(await started.client.read(UNIT, 4)).toBe(0x10n);
    expect(await started.client.read(0x1fff_fff8n, 8)).toBe(0n);
    started.monitor.write('{"execute": "qmp_capabilities"}');
    await until(started, '"return"');
    started.child.kill("SIGTERM");
    const [code] = (await once(started.child, "close")) as [number];
    expect(code).toBe(0);
    expect(started.said()).toContain(
      '"event":"SHUTDOWN","data":{"guest":false,"reason":"host-signal"}',
    );
  });

  it("answers what the library asks of a machine none", async () => {
    const started = await start("-machine", "none");
    started.monitor.write('{"execute": "qmp_capabilities"}\n{"execute": "query-machines"}\n');
    await until(started, '"alias":"q35"');
    started.monitor.write('{"execute": "quit"}\n');
    const [code] = (await once(started.child, "close")) as [number];
    expect(code).toBe(0);
    expect(started.said()).toContain('"event":"SHUTDOWN"');
  });

  it("ends when its clients are gone", async () => {
    const started = await start("-M", "q35");
    started.client.close();
    started.monitor.destroy();
    const [code] = (await once(started.child, "close")) as [number];
    expect(code).toBe(0);
  });

  it("has the same registers after a system reset, whatever was written before", async () => {
    const started = await start("-M", "q35", "-device", "intel-iommu,scalable-mode=on,fsts=on");
    const { client } = started;
    const before = await client.readBytes(UNIT, 0x230);
    for (let offset = 0n; offset < 0x230n; offset += 4n) {
      await client.read(UNIT + offset, 8);
      await client.write(UNIT + offset, 8, 0xffff_ffff_ffff_ffffn);
    }
    started.monitor.write('{"execute": "qmp_capabilities"}{"execute": "system_reset"}');
    await until(started, '"event":"RESET"');
    expect(await client.readBytes(UNIT, 0x230)).toEqual(before);
  });

  // The flows of QEMU's iommu-intel-test, whose device is found by a scan of the bus.
  it("keeps the slots of QEMU's default devices free, as -nodefaults and -net none say", async () => {
    const place = async (...args: string[]): Promise<number | undefined> => {
      const { client } = await start("-M", "q35", "-device", "iommu-testdev", ...args);
      const found = await new PciAccess(client).functions();
      return found.find(({ device }) => device === 0x0005)?.bdf;
    };
    expect(await place("-nodefaults")).toBe(0x08);
    expect(await place("-net", "none")).toBe(0x10);
    expect(await place()).toBe(0x18);
    expect(await place("-vga", "none", "-nic", "none")).toBe(0x08);
  });

  it("translates the write of an iommu-testdev", async () => {
    const { client } = await start(
      "-M",
      "q35",
      "-m",
      "512",
      "-net",
      "none",
      "-device",
      "intel-iommu",
      "-device",
      "iommu-testdev",
    );
    const testdev = await TestdevDriver.open(client, new PciAccess(client), 0x10);
    const [root, context, table, page] = [0x1000_0000n, 0x1000_1000n, 0x1001_0000n, 0x1010_0000n];
    const iova = 0x1020_0567n;
    await client.write(root, 8, context | 1n);
    await client.write(context + 0x10n * 16n, 8, table | 1n);
    await client.write(context + 0x10n * 16n + 8n, 8, (1n << 8n) | 2n);
    for (const level of [3n, 2n, 1n, 0n]) {
      const at = table + (3n - level) * 0x1000n;
      const next = level === 0n ? page : at + 0x1000n;
      await client.write(at + 8n * ((iova >> (12n + 9n * level)) & 0x1ffn), 8, next | 3n);
    }
    await client.write(UNIT + 0x20n, 8, root);
    await client.write(UNIT + 0x18n, 4, 1n << 30n);
    await client.write(UNIT + 0x18n, 4, 1n << 31n);
    expect(await client.read(UNIT + 0x1cn, 4)).toBe(0xc000_0000n);
    expect(await testdev.write(iova, page + 0x567n, 4)).toBe(0);
    expect(await client.read(page + 0x567n, 4)).toBe(0x1234_5678n);
  });

  it("serves on standard input and output", async () => {
    const child = spawn(process.execPath, [program, "-M", "q35", "-qtest", "stdio"]);
    let out = "";
    child.stdout.on("data", (packet: Buffer) => (out += packet.toString()));
    child.stdin.end("endianness\nreadl 0xfed90000\n");
    await once(child, "close");
    expect(out).toBe("OK little\nOK 0x00000000ffffffff\n");
  });

  it("prints its version and what there is", async () => {
    expect((await run("--version")).out).toContain("takes the options of QEMU 11.1");
    expect((await run("-device", "intel-iommu,help")).out).toContain("caching-mode=<bool>");
    expect((await run("-machine", "help")).out).toContain("q35");
  });

  it.each([
    [["-foo"], "-foo: no such option"],
    [["disk.img"], "disk.img: disk images are not taken"],
    [["-machine", "pc"], "-machine pc: there are q35 and none"],
    [["-machine", "q35,accel=kvm"], 'accel is "kvm", and there is only qtest'],
    [["-machine", "q35,rainbow=on"], "there is no property rainbow"],
    [["-accel", "tcg"], "-accel tcg: not taken here"],
    [["-smp", "4"], "-smp 4: not taken here"],
    [["-m", "5x"], "-m 5x: expected whole MiB"],
    [["-m"], "-m needs a value"],
    [["-net", "user"], "-net user: expected none"],
    [["-qtest", "tcp:localhost:1"], "expected unix:PATH, chardev:ID, stdio or none"],
    [["-qtest", "chardev:c"], "there is no -chardev with id=c"],
    [["-chardev", "socket,path=/x"], "there is no id"],
    [["-chardev", "pty,id=c"], "expected socket,path=PATH,id=ID"],
    [["-chardev", "null,id=c", "-mon", "chardev=c,mode=readline"], 'mode is "readline"'],
    [["-run-with", "chroot=/"], "expected exit-with-parent=on"],
    [["-qtest", "unix:/x,server=maybe"], 'server is "maybe": expected on or off'],
  ])("refuses %j with the reason", (args, why) => {
    expect(() => parseSystemArguments(args)).toThrow(OptionError);
    expect(() => parseSystemArguments(args)).toThrow(why);
  });

  it("refuses in one line, with code 1", async () => {
    const nobody = await run("-M", "q35");
    expect(nobody).toMatchObject({ code: 1, out: "" });
    expect(nobody.error).toBe(
      "viommu-system-x86_64: nobody can come: give -qtest unix:PATH or -qtest stdio\n",
    );
    const lonely = await run("-M", "q35", "-qtest", `unix:${join(temporaryFolder(), "none")}`);
    expect(lonely).toMatchObject({ code: 1 });
    expect(lonely.error).toContain("ENOENT");
    const large = await run("-M", "q35", "-m", "8G", "-qtest", "stdio");
    expect(large.error).toContain("RAM of 8192 MiB: at most 4095 MiB are possible");
    const busless = await run("-M", "none", "-device", "edu", "-qtest", "stdio");
    expect(busless.error).toContain("the machine none has no bus");
  });

  it("reads channels and memory as QEMU writes them", () => {
    const parsed = parseSystemArguments([
      ...["-machine", "pc-q35-11.1,accel=qtest,kernel-irqchip=split", "-m", "size=2G"],
      ...["-chardev", "socket,path=/a,,b,id=c,server=on,wait=off", "-qtest", "chardev:c"],
      ...["-qmp", "unix:/q,server=on,wait=off", "-qtest-log", "none", "-nodefaults", "-S"],
    ]) as SystemArguments;
    expect(parsed).toMatchObject({
      machine: "q35",
      memoryMib: 2048,
      takenSlots: [],
      qtest: { kind: "unix", path: "/a,b", listens: true },
      monitors: [{ kind: "unix", path: "/q", listens: true }],
      exitsWithParent: false,
    });
  });
});
