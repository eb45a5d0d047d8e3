import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory, Iommu, SnapshotError, type IommuOptions } from "../../host/index.js";
import { descriptor, statusWait } from "../queues/descriptors.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, PAGE, ScalableWorld } from "../queues/worlds.js";
import { REG, SRTP } from "./offsets.js";
import { dump } from "./register-model.js";

const OPTIONS = { preset: "full", invalidationTimeout: 100, trace: true } as const;
const PASID = 4;
const STATUS = 0x800n;

const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

/** A unit in the middle of everything. */
interface Busy {
  readonly unit: QueuedUnit;
  /** Requests in flight. */
  readonly tokens: readonly number[];
}

async function busyUnit(): Promise<Busy> {
  const unit = await QueuedUnit.create(OPTIONS);
  const { iommu } = unit;
  const world = new ScalableWorld(unit);
  const table = world.firstStage();
  table.map(0n, 0x10_0000n, { count: 8 });
  world.pasid(PASID, { kind: "first-stage", domain: 1, firstStage: table });
  world.start();
  unit.enableQueue();
  iommu.write64(REG.PQA, unit.frames.allocate());
  const read = { sourceId: DEVICE, pasid: PASID, address: 0n, access: "read" } as const;
  const tokens = [iommu.beginAccess(read).token, iommu.beginAccess(read).token];
  // A translation that memory does not have any more: only the caches know it.
  table.unmap(0n);
  table.map(0n, 0x20_0000n);
  iommu.translate({ sourceId: 0x0300, address: 0n, access: "write" });
  iommu.requestPage({ ...read, address: 0x9000n, read: true, write: true, last: false, group: 1 });
  iommu.write32(REG.IECTL, 0);
  iommu.advance(33);
  unit.submit(
    descriptor("DEV_TLB_INV", { SID: DEVICE }),
    descriptor("PASID_IOTLB_INV", { G: 3, ADDR: PAGE, DID: 1, PASID }),
    statusWait(STATUS, 1, { IF: 1 }),
    statusWait(STATUS + 4n, 2),
  );
  iommu.write32(REG.RTADDR, 0x7000);
  unit.command(SRTP);
  return { unit, tokens };
}

/** Everything that may depend on the state: reads, requests, completions, time. */
function goOn(iommu: Iommu, memory: GuestMemory, tokens: readonly number[]): unknown[] {
  const seen: unknown[] = [];
  for (const kind of [
    "interrupt",
    "deviceTlbInvalidate",
    "pageGroupResponse",
    "fault",
    "trace",
  ] as const) {
    iommu.on(kind, (event) => seen.push([kind, event]));
  }
  const look = () => {
    const read = { sourceId: DEVICE, pasid: PASID, access: "read" } as const;
    seen.push([0n, PAGE, 7n * PAGE].map((address) => iommu.translate({ ...read, address })));
    seen.push(dump(iommu), iommu.nextDeadline(), iommu.counters(), memory.readBytes(STATUS, 16));
  };
  look();
  iommu.write32(REG.FECTL, 0);
  iommu.translate({ sourceId: 0x0301, address: 0n, access: "write" });
  iommu.endAccess(tokens[0]!);
  look();
  iommu.completeInvalidation({ sourceId: DEVICE, itag: 0 });
  look();
  iommu.endAccess(tokens[1]!);
  look();
  iommu.write64(REG.IQT, iommu.read64(REG.IQT));
  iommu.advance(67);
  look();
  return seen;
}

describe("snapshot and restore", () => {
  it("a restored unit goes on exactly as the original does", async () => {
    const { unit, tokens } = await busyUnit();
    const snapshot = unit.iommu.snapshot();
    const ram = unit.memory.readBytes(0n, 2 ** 22);
    const original = goOn(unit.iommu, unit.memory, tokens);
    const ramAfter = unit.memory.readBytes(0n, 2 ** 22);

    const memory = GuestMemory.create({ size: 2 ** 22 });
    memory.writeBytes(0n, ram);
    const restored = await Iommu.restore(snapshot, { memory, ...OPTIONS });
    expect(goOn(restored, memory, tokens)).toEqual(original);
    expect(same(memory.readBytes(0n, 2 ** 22), ramAfter)).toBe(true);
    // Both waits have completed on the way, and not before.
    expect(memory.read64(STATUS)).toBe(0x2_0000_0001n);
    expect(ram[Number(STATUS)]).toBe(0);
  });

  it("a snapshot is a copy: what the unit does later does not show in it", async () => {
    const { unit } = await busyUnit();
    const snapshot = unit.iommu.snapshot();
    const before = snapshot.slice();
    unit.iommu.reset("power-good");
    expect(same(snapshot, before)).toBe(true);
    expect(same(unit.iommu.snapshot(), before)).toBe(false);
  });

  it("taking one changes nothing", async () => {
    const { unit } = await busyUnit();
    expect(same(unit.iommu.snapshot(), unit.iommu.snapshot())).toBe(true);
  });

  it("restored twice, both go on apart from each other", async () => {
    const { unit } = await busyUnit();
    const snapshot = unit.iommu.snapshot();
    const options: IommuOptions = { memory: unit.memory, ...OPTIONS };
    const [first, second] = [
      await Iommu.restore(snapshot, options),
      await Iommu.restore(snapshot, options),
    ];
    first.reset("power-good");
    expect(same(second.snapshot(), snapshot)).toBe(true);
  });
});

describe("restoring in place", () => {
  it("a unit put back goes through the same again", async () => {
    const { unit, tokens } = await busyUnit();
    const { iommu, memory } = unit;
    const snapshot = iommu.snapshot();
    const ram = memory.readBytes(0n, 2 ** 22);
    const first = [...goOn(iommu, memory, tokens)];
    iommu.reset("power-good");
    iommu.restoreState(snapshot);
    memory.writeBytes(0n, ram);
    expect(same(iommu.snapshot(), snapshot)).toBe(true);
    expect(goOn(iommu, memory, tokens)).toEqual(first);
  });

  it("listeners stay", async () => {
    const { unit } = await busyUnit();
    const { iommu } = unit;
    const snapshot = iommu.snapshot();
    let traced = 0;
    iommu.on("trace", () => (traced += 1));
    iommu.restoreState(snapshot);
    iommu.read32(REG.FSTS);
    expect(traced).toBe(1);
  });

  it("what cannot be restored changes nothing", async () => {
    const { unit } = await busyUnit();
    const other = await Iommu.create({ memory: unit.memory, preset: "legacy" });
    const before = unit.iommu.snapshot();
    expect(() => {
      unit.iommu.restoreState(other.snapshot());
    }).toThrow(SnapshotError);
    expect(same(unit.iommu.snapshot(), before)).toBe(true);
  });
});

describe("a damaged snapshot", () => {
  // The state block holds sizes and places of the caches: taken as they come they would hang the unit.
  it.each([16, 0x4000, 0x2_0000, -1])("is refused: byte %i", async (at) => {
    const iommu = await Iommu.create({ memory: GuestMemory.create({ size: 0x1000 }) });
    const before = iommu.snapshot();
    const damaged = before.slice();
    const byte = at < 0 ? before.length + at : at;
    damaged[byte]! ^= 1;
    expect(() => {
      iommu.restoreState(damaged);
    }).toThrow(new SnapshotError("the snapshot is damaged: its checksum is another"));
    expect(same(iommu.snapshot(), before)).toBe(true);
  });
});

describe("in a listener", () => {
  const memory = GuestMemory.create({ size: 0x1000 });
  const UNDER_WAY =
    "messages are on their way to listeners: take the snapshot when the call has returned";

  it("no snapshot is taken, which would miss messages on their way, and none is restored", async () => {
    const iommu = await Iommu.create({ memory, trace: true });
    const snapshot = iommu.snapshot();
    const thrown: unknown[] = [];
    const attempt = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        thrown.push(error);
      }
    };
    iommu.on("trace", () => {
      attempt(() => iommu.snapshot());
      attempt(() => {
        iommu.restoreState(snapshot);
      });
    });
    iommu.read32(REG.FSTS);
    expect(thrown).toEqual([
      new SnapshotError(UNDER_WAY),
      new SnapshotError("a listener cannot restore its unit: wait until the call has returned"),
    ]);
  });

  it("messages that an exception left behind belong to the state before", async () => {
    const iommu = await Iommu.create({ memory, trace: true });
    const snapshot = iommu.snapshot();
    const offsets: number[] = [];
    const off = iommu.on("trace", () => {
      off();
      iommu.read32(REG.FECTL);
      throw new Error("a listener's mistake");
    });
    expect(() => iommu.read32(REG.FSTS)).toThrow("a listener's mistake");
    expect(() => iommu.snapshot()).toThrow(new SnapshotError(UNDER_WAY));
    iommu.on("trace", (event) => event.kind === "register" && offsets.push(event.offset));
    iommu.restoreState(snapshot);
    expect(same(iommu.snapshot(), snapshot)).toBe(true);
    iommu.read32(REG.FSTS);
    expect(offsets).toEqual([REG.FSTS]);
  });
});

describe("SnapshotError", () => {
  const memory = GuestMemory.create({ size: 0x1000 });
  let snapshot: Uint8Array;
  beforeEach(async () => {
    snapshot = (await Iommu.create({ memory })).snapshot();
  });

  const restore = (bytes: Uint8Array, options: Partial<IommuOptions> = {}) =>
    Iommu.restore(bytes, { memory, ...options });

  it.each([
    ["empty", () => new Uint8Array()],
    ["too short for a header", () => snapshot.slice(0, 15)],
    ["something else", () => new TextEncoder().encode("a file that was never a snapshot")],
  ])("%s: not a snapshot", async (_, bytes) => {
    await expect(restore(bytes())).rejects.toThrow(
      new SnapshotError("this is no snapshot of a viommu unit"),
    );
  });

  it("another version of the state", async () => {
    const version = new DataView(snapshot.buffer).getUint32(4, true);
    new DataView(snapshot.buffer).setUint32(4, version + 1, true);
    await expect(restore(snapshot)).rejects.toThrow(
      `the snapshot has state version ${version + 1}, this unit has ${version}: take it anew`,
    );
    await expect(restore(snapshot)).rejects.toBeInstanceOf(SnapshotError);
  });

  it("a part of one", async () => {
    const bytes = snapshot.length - 16;
    await expect(restore(snapshot.slice(0, -8))).rejects.toThrow(
      new SnapshotError(`the snapshot has ${bytes - 8} bytes of state, its header says ${bytes}`),
    );
  });

  it.each<[string, Partial<IommuOptions>]>([
    ["preset", { preset: "legacy" }],
    ["capability", { capabilities: { NFR: 3 } }],
    ["version register", { version: 0x61 }],
    ["host address width", { hostAddressWidth: 45 }],
    ["cache size", { caches: { iotlb: 512 } }],
    ["collapse option", { faultCollapse: false }],
    ["time-out", { invalidationTimeout: 5 }],
    ["trace option", { trace: true }],
  ])("a unit with another %s", async (_, options) => {
    await expect(restore(snapshot, options)).rejects.toThrow(
      new SnapshotError(
        "the snapshot is of a unit with other capabilities, caches or options: " +
          "restore it with the same",
      ),
    );
  });

  it("a view into a larger buffer is as good as the whole", async () => {
    const padded = new Uint8Array(snapshot.length + 24);
    padded.set(snapshot, 8);
    const view = padded.subarray(8, 8 + snapshot.length);
    expect(same((await restore(view)).snapshot(), snapshot)).toBe(true);
  });
});
