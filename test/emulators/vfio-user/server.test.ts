import { closeSync, mkdtempSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VfioUserServer } from "../../../host/emulators/vfio-user/index.js";
import { FrameAllocator, FirstStageTable, ScalableTables } from "../../../host/tables/index.js";
import { probeModel, type Probe } from "../../pci/probe.js";
import { access, u16, u32, u64 } from "./client.js";
import { CONFIG, RAM, ServedUnit, settled } from "./served-unit.js";

const GCMD = 0x18;
const GSTS = 0x1c;
const RTADDR = 0x20;

let served: ServedUnit;
let server: VfioUserServer;

beforeEach(async () => {
  served = await ServedUnit.start();
  ({ server } = served);
});

afterEach(() => served.close());

const byteOf = (bytes: Buffer) => bytes.readUInt32LE(0);

describe("a client of vfio-user", () => {
  it("negotiates version 0.0, and learns how much a message may carry", async () => {
    const client = await served.connectOnly(0);
    const { errno, body } = await client.negotiate();
    expect([errno, body.readUInt16LE(0), body.readUInt16LE(2), body.at(-1)]).toEqual([0, 0, 0, 0]);
    expect(JSON.parse(body.subarray(4, -1).toString())).toMatchObject({
      capabilities: { max_data_xfer_size: 1048576, write_multiple: false },
    });
  });

  it("finds a PCI function that can be reset, with nine regions", async () => {
    const client = await served.connect(0);
    const { body } = await settled(client);
    expect([4, 8, 12].map((at) => body.readUInt32LE(at))).toEqual([3, 9, 5]);
  });

  it.each([
    [0, 0, 16 * 2 ** 20],
    [0, 1, 0],
    [0, 6, 0],
    [0, CONFIG, 4096],
    [1, CONFIG, 4096],
    [1, 5, 0],
    [1, 99, 0],
  ])("function %i: region %i has %i bytes", async (index, region, size) => {
    const client = await served.connect(index);
    const body = Buffer.concat([u32(32), u32(0), u32(region), u32(0), u64(0n), u64(0n)]);
    const reply = await client.request(5, body);
    expect(reply.body.readBigUInt64LE(16)).toBe(BigInt(size));
    expect(reply.body.readUInt32LE(4)).toBe(size === 0 ? 0 : 3);
  });

  it("reads configuration space in one piece: the unit is a host bridge", async () => {
    const unit = await served.connect(0);
    const bytes = await unit.read(CONFIG, 0, 4096);
    expect(bytes.readUIntLE(9, 3)).toBe(0x060000);
    const endpoint = await served.connect(1);
    expect((await endpoint.read(CONFIG, 0, 4096)).readUInt16LE(0x100)).toBe(0x000f);
  });

  it("sizes a window, and moves it", async () => {
    const client = await served.connect(0);
    await client.write(CONFIG, 0x10, u32(0xffff_ffff));
    expect(byteOf(await client.read(CONFIG, 0x10, 4))).toBe(0xff00_0000);
    await client.write(CONFIG, 0x10, u32(0xfd00_0000));
    expect(byteOf(await client.read(CONFIG, 0x10, 4))).toBe(0xfd00_0000);
  });

  it("sees the unit as a bus master always: software writes the bit back", async () => {
    const client = await served.connect(0);
    await client.write(CONFIG, 4, u16(0));
    expect((await client.read(CONFIG, 4, 2)).readUInt16LE()).toBe(4);
  });

  it("reads and writes registers, 32 and 64 bits", async () => {
    const client = await served.connect(0);
    const bytes = await client.read(0, 0x08, 8);
    expect(bytes.readBigUInt64LE()).toBe(server.iommu.capabilities.cap);
    await client.write(0, RTADDR, u64(0x1234_5400n));
    expect(server.iommu.read64(RTADDR)).toBe(0x1234_5400n);
    expect(await client.read(0, 0x1000, 4)).toEqual(Buffer.alloc(4, 0xff));
    expect(await client.read(0, 3, 3)).toEqual(Buffer.alloc(3, 0xff));
  });

  it("posts writes: no reply to them, and a later read sees them", async () => {
    const client = await served.connect(0);
    for (let i = 1; i <= 100; i++) {
      client.post(10, Buffer.concat([access(0, RTADDR, 8), u64(BigInt(i) << 12n)]));
    }
    expect((await client.read(0, RTADDR, 8)).readBigUInt64LE()).toBe(100n << 12n);
  });

  it("resets a function", async () => {
    const client = await served.connect(0);
    await client.write(0, RTADDR, u64(0x5000n));
    await client.request(13);
    expect((await client.read(0, RTADDR, 8)).readBigUInt64LE()).toBe(0n);
  });

  it("resets the unit while DMA is in flight: it ends with UR, and the server goes on", async () => {
    const client = await served.connect(0);
    await client.map(0n, BigInt(RAM), 0n);
    const probes: Probe[] = [];
    const bdf = 0x30;
    server.bus.addEndpoint({ bdf, model: probeModel(probes) });
    server.bus.config.write16(bdf, 4, 4);
    const transfer = probes[0]!.dma.begin({ access: "write", address: 0x2000n, length: 4 });
    await client.request(13);
    expect(transfer.finishWrite(new Uint8Array(4))).toMatchObject({ status: "UR" });
    expect((await settled(client)).errno).toBe(0);
  });
});

describe("memory that a client lends", () => {
  it("is RAM of the file, at the offset that it says", async () => {
    const client = await served.connect(0);
    await client.map(0n, 0x10_0000n, 0n);
    await client.map(0x1_0000_0000n, 0x10_0000n, 0x80_0000n);
    const file = openSync(served.ramFile, "r+");
    writeSync(file, "low", 0x2000);
    writeSync(file, "high", 0x80_3000);
    const text = (address: bigint, length: number) =>
      Buffer.from(server.memory.tryReadBytes(address, length)!).toString();
    expect([text(0x2000n, 3), text(0x1_0000_3000n, 4)]).toEqual(["low", "high"]);
    expect(server.memory.write64(0x1_0000_3000n, 0x2121_2121_2121_2121n)).toBe(true);
    const back = Buffer.alloc(8);
    readSync(file, back, 0, 8, 0x80_3000);
    expect(back.toString()).toBe("!!!!!!!!");
    closeSync(file);
  });

  it("ends where the ranges end, and with the client", async () => {
    const client = await served.connect(0);
    await client.map(0n, 0x2000n, 0n);
    expect(server.memory.read64(0x1ff8n)).toBe(0n);
    expect(server.memory.read64(0x2000n)).toBeUndefined();
    expect(server.memory.tryReadBytes(0x1ff0n, 32)).toBeUndefined();
    client.close();
    await served.oneGone();
    expect(server.memory.read64(0n)).toBeUndefined();
    expect(served.gone).toEqual([undefined]);
  });

  it("is given back by range", async () => {
    const client = await served.connect(0);
    await client.map(0n, 0x2000n, 0n);
    expect((await client.unmap(0n, 0x1000n)).errno).toBe(22);
    expect((await client.unmap(0n, 0x2000n)).errno).toBe(0);
    expect(server.memory.read64(0n)).toBeUndefined();
    expect(served.refused).toEqual([
      expect.stringMatching(/dmaUnmap of 0x0: no such range is mapped \(EINVAL\)/),
    ]);
  });

  it("is not what has no file behind it: ROM, and memory that is not shared", async () => {
    const client = await served.connect(0);
    await client.map(0xfffc_0000n, 0x4_0000n, 0n, 1);
    await client.map(0x10_0000n, 0x1000n, 0n);
    expect(server.memory.read64(0xfffc_0000n)).toBeUndefined();
    expect(server.memory.read64(0x10_0000n)).toBeUndefined();
  });

  it("that is not shared is told to the host", async () => {
    const told: string[] = [];
    server.on("unshared", (message) => told.push(message));
    const client = await served.connect(0);
    await client.map(0n, 0xa_0000n, 0n);
    await client.map(0x10_0000n, 0x10_0000n, 0x10_0000n);
    expect(told).toEqual([]);
    await (await served.connect(1)).map(0x10_0000n, 0x10_0000n, 0n);
    expect(told).toEqual([expect.stringMatching(/not shared with the server: .*share=on/)]);
  });

  it("translates the unit's requests through tables in the file", async () => {
    const client = await served.connect(0);
    await client.map(0n, BigInt(RAM), 0n);
    const { memory, iommu } = server;
    const frames = new FrameAllocator({ start: 0x1000n, end: 0x10_0000n });
    const tables = ScalableTables.create({ memory, frames });
    const pages = new FirstStageTable({ memory, frames });
    const sourceId = server.endpoints[0]!.id;
    tables.context(sourceId, { paside: true });
    tables.pasid(sourceId, 5, { kind: "first-stage", domain: 1, firstStage: pages });
    pages.map(0x7000n, 0x9000n, { size: 0x1000, write: true });
    await client.write(0, RTADDR, u64(tables.rootTableAddress));
    await client.write(0, GCMD, u32(1 << 30));
    await client.write(0, GCMD, u32(1 << 31));
    expect(byteOf(await client.read(0, GSTS, 4))).toBe(0xc000_0000);
    const request = { sourceId, pasid: 5, address: 0x7008n, access: "write" } as const;
    expect(iommu.translate(request)).toMatchObject({ status: "ok", address: 0x9008n });
  });
});

describe("an interrupt of the unit", () => {
  it("is a write of its data by the client of the unit", async () => {
    const client = await served.connect(0);
    await client.write(0, 0x3c, u32(0x31));
    await client.write(0, 0x40, u32(0xfee0_1000));
    await client.write(0, 0x38, u32(0));
    // A queue in memory that nobody lends: an invalidation queue error.
    await client.write(0, 0x90, u64(0x4000_0000n));
    await client.write(0, GCMD, u32(1 << 26));
    await client.write(0, 0x88, u32(0x10));
    await settled(client);
    expect(client.asked.map(({ command }) => command)).toEqual([12]);
    const { body } = client.asked[0]!;
    expect([body.readBigUInt64LE(0), body.readBigUInt64LE(8), body.subarray(16)]).toEqual([
      0xfee0_1000n,
      4n,
      u32(0x31),
    ]);
  });

  it("is told to the host when the client has taken it", async () => {
    const taken: unknown[] = [];
    server.on("interruptTaken", (message) => taken.push(message));
    const client = await served.connect(0);
    const interrupt = { address: 0xfee0_0000n, data: 7 };
    server.bus.deliverInterrupt(interrupt);
    expect(taken).toEqual([]);
    await settled(client);
    await settled(client);
    expect(taken).toEqual([interrupt]);
    expect(taken[0]).toBe(interrupt);
  });

  it("is told to the host if no client takes it", async () => {
    const lost: unknown[] = [];
    server.on("lostInterrupt", (message) => lost.push(message));
    server.bus.deliverInterrupt({ address: 0xfee0_0000n, data: 7 });
    const client = await served.connect(0);
    client.answer = () => ({ errno: 1 });
    server.bus.deliverInterrupt({ address: 0xfee0_0000n, data: 8 });
    await settled(client);
    await settled(client);
    expect(lost).toEqual([7, 8].map((data) => ({ address: 0xfee0_0000n, data })));
  });
});

it("§8.3: tells the size of the registers, which with performance counters is more than a page", async () => {
  const SIZE = 48 + 5;
  const counting = await VfioUserServer.start({
    directory: mkdtempSync(join(served.directory, "counting-")),
    ramFile: served.ramFile,
    unit: { preset: "linux", capabilities: { ECMDS: 1, PMS: 1 } },
  });
  const { registerBytes } = counting.iommu.capabilities;
  await counting.close();
  expect(registerBytes).toBe(0x4000);
  expect([server.dmar[SIZE], counting.dmar[SIZE]]).toEqual([0, 2]);
});

it("lets the host stand between the endpoints and the unit", async () => {
  const seen: bigint[] = [];
  const probes: Probe[] = [];
  const watched = await VfioUserServer.start({
    directory: mkdtempSync(join(served.directory, "second-")),
    ramFile: served.ramFile,
    endpoints: [],
    between: (unit) => ({
      translate: (request) => unit.translate(request),
      beginAccess: (request) => {
        seen.push(request.address);
        return unit.beginAccess(request);
      },
      endAccess: (token) => {
        unit.endAccess(token);
      },
      requestTranslation: (request) => unit.requestTranslation(request),
      translateTranslated: (request) => unit.translateTranslated(request),
      requestPage: (request) => unit.requestPage(request),
      completeInvalidation: (completion) => {
        unit.completeInvalidation(completion);
      },
    }),
  });
  try {
    watched.bus.addEndpoint({ bdf: 0x28, model: probeModel(probes) });
    watched.bus.config.write16(0x28, 4, 4);
    probes[0]!.dma.read(0x5000n, 8);
    expect(seen).toEqual([0x5000n]);
  } finally {
    await watched.close();
  }
});

describe("where a server can be", () => {
  it("a path that no socket can have is refused with what to do", async () => {
    const long = join(served.directory, "x".repeat(120));
    await expect(
      VfioUserServer.start({ directory: long, ramFile: served.ramFile }),
    ).rejects.toThrow(
      /the socket path .* bytes, at most 107 are possible: choose a folder with a shorter name/,
    );
  });

  it("a RAM file that is not there is refused", async () => {
    const missing = join(served.directory, "nothing");
    await expect(
      VfioUserServer.start({ directory: served.directory, ramFile: missing }),
    ).rejects.toThrow(/ENOENT/);
  });
});
