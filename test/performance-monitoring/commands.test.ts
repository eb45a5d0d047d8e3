import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory, Iommu } from "../../host/index.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, ScalableWorld } from "../queues/worlds.js";
import { REG, TE } from "../registers/offsets.js";
import {
  ABORTED,
  configurationOf,
  COUNTERS,
  CountingUnit,
  DISABLE,
  ENABLE,
  EVENT,
  FAILED,
  FILTER,
  FILTER_ENABLE,
  FREEZE,
  GFO,
  IO,
  LARGEST,
  RESET_CONFIGURATION,
  RESET_VALUES,
  SUCCESS,
  UNDEFINED,
  UNFREEZE,
} from "./counting-unit.js";

let unit: QueuedUnit;
let counting: CountingUnit;
let iommu: Iommu;

async function start(options: Parameters<typeof QueuedUnit.create>[0] = {}): Promise<void> {
  unit = await QueuedUnit.create({ preset: "full", ...options });
  iommu = unit.iommu;
  counting = new CountingUnit(iommu);
}
beforeEach(() => start());

/** A request that counts, with translation disabled. */
const ask = () => void iommu.translate({ sourceId: DEVICE, address: 0n, access: "read" });

describe("VTD-11.4.14: the enhanced command interface", () => {
  it("announces commands F0h to F5h, and no others", () => {
    expect([0x430, 0x438, 0x440, 0x448].map((at) => iommu.read64(at))).toEqual([
      0n,
      0n,
      0n,
      0x3fn << 48n,
    ]);
  });

  it.each([0x00, 0x01, 0x7f, 0xef, 0xf6, 0xff])("command %i is undefined", (code) => {
    expect(counting.command(code)).toBe(UNDEFINED);
  });

  it("without performance monitoring every command is undefined", async () => {
    await start({ capabilities: { PMS: 0 } });
    expect(iommu.read64(REG.ECCAP3)).toBe(0n);
    for (let code = 0; code < 256; code += 1) expect(counting.command(code)).toBe(UNDEFINED);
  });

  it("the low dword submits, with the operand that the high one was given before", () => {
    counting.configure(5, EVENT.REQUESTS);
    iommu.write32(REG.ECMD + 4, 0);
    expect(iommu.read64(counting.configuration(5)) & 1n).toBe(0n);
    iommu.write32(REG.ECMD, (5 << 16) | ENABLE);
    expect(iommu.read64(counting.configuration(5)) & 1n).toBe(1n);
    // Bit 32 of ECMD is bit 16 of the operand: no such counter.
    iommu.write32(REG.ECMD + 4, 1);
    iommu.write32(REG.ECMD, (5 << 16) | DISABLE);
    expect(counting.status).toBe(FAILED);
  });

  it("a response replaces the one before; it has no result, and is not in progress (choice M2)", () => {
    expect(counting.command(DISABLE, COUNTERS)).toBe(FAILED);
    expect(iommu.read64(REG.ECRSP)).toBe(BigInt(FAILED) << 1n);
    counting.command(FREEZE);
    expect(iommu.read64(REG.ECRSP)).toBe(0n);
  });

  it("operand B is unused; both registers read 0", () => {
    iommu.write64(REG.ECEO, 2n ** 64n - 1n);
    expect(counting.command(FREEZE)).toBe(SUCCESS);
    expect([iommu.read64(REG.ECEO), iommu.read64(REG.ECMD)]).toEqual([0n, 0n]);
  });

  it("a reset forgets the operand and the response", () => {
    counting.configure(3, EVENT.REQUESTS);
    iommu.write32(REG.ECMD + 4, 1);
    counting.command(0);
    iommu.reset("warm");
    expect(iommu.read64(REG.ECRSP)).toBe(0n);
    counting.configure(3, EVENT.REQUESTS);
    iommu.write32(REG.ECMD, (3 << 16) | ENABLE);
    expect(counting.status).toBe(SUCCESS);
  });

  it("status code 2: while GCMD waits for requests in flight", () => {
    const world = new ScalableWorld(unit);
    const { token } = iommu.beginAccess({ sourceId: DEVICE, address: 0n, access: "read" });
    unit.setRoot(world.tables.rootTableAddress);
    expect([counting.command(FREEZE), counting.command(0)]).toEqual([ABORTED, UNDEFINED]);
    unit.command(TE);
    iommu.endAccess(token);
    expect(counting.frozen).toBe(0n);
    expect(counting.command(FREEZE)).toBe(SUCCESS);
  });

  it("status code 2: while PMEN waits for them", async () => {
    await start({ capabilities: { PLMR: 1 } });
    const { token } = iommu.beginAccess({ sourceId: DEVICE, address: 0n, access: "read" });
    iommu.write32(0x64, 0x8000_0000);
    expect(counting.command(FREEZE)).toBe(ABORTED);
    iommu.endAccess(token);
    expect(counting.command(FREEZE)).toBe(SUCCESS);
  });
});

describe("VTD-10.5: enabling a counter is refused", () => {
  const refused: readonly (readonly [string, bigint])[] = [
    ["without an event", configurationOf([])],
    ["for a group that there is not", (5n << 8n) | (1n << 32n)],
    ["for the last group that EGI can name", (15n << 8n) | (1n << 32n)],
    ["for clock cycles (choice M1)", configurationOf([EVENT.CLOCKS])],
    ["for an unused bit", configurationOf([[0, 4]])],
    ["for host permission tables", configurationOf([[2, 8]])],
    [
      "when one event of several is not counted",
      configurationOf([
        [3, 1],
        [3, 2],
      ]),
    ],
  ];

  it.each(refused)("%s", (_, configuration) => {
    iommu.write64(counting.configuration(0), configuration);
    expect(counting.command(ENABLE, 0)).toBe(FAILED);
    expect(iommu.read64(counting.configuration(0))).toBe(configuration);
    ask();
    expect(counting.read(0)).toBe(0n);
  });

  it.each([COUNTERS, 9, 0xffff, 0xffff_ffff])("for counter %i, which there is not", (counter) => {
    expect([counting.command(ENABLE, counter), counting.command(DISABLE, counter)]).toEqual([
      FAILED,
      FAILED,
    ]);
  });

  it("with a filter and several events", () => {
    counting.filter(0, FILTER.PTL, FILTER_ENABLE | 1);
    expect(counting.start(0, [EVENT.FIRST_STAGE_HIT, EVENT.SECOND_STAGE_HIT])).toBe(FAILED);
    counting.filter(0, FILTER.PTL, 1);
    expect(counting.command(ENABLE, 0)).toBe(SUCCESS);
  });

  const events = Object.entries(EVENT).filter(([name]) => name !== "CLOCKS");
  const takers = { AT: ["REQUESTS"], PTL: ["FIRST_STAGE_HIT", "SECOND_STAGE_HIT", "IOTLB_HIT"] };

  it.each(events)("with a filter that %s does not take (Table 49)", (name, event) => {
    for (const filter of ["AT", "PTL"] as const) {
      counting.filter(1, FILTER[filter], FILTER_ENABLE);
      const expected = takers[filter].includes(name) ? SUCCESS : FAILED;
      expect([filter, counting.start(1, event)]).toEqual([filter, expected]);
      counting.command(RESET_CONFIGURATION);
    }
  });
});

describe("VTD-11.4.13: what software may write", () => {
  it("Table 51: configuration and filters are locked while the counter is enabled", () => {
    counting.filter(2, FILTER.AT, FILTER_ENABLE | 3);
    counting.start(2, EVENT.REQUESTS, IO);
    const at = counting.configuration(2);
    const before = [at, at + 4, at + FILTER.AT, at + FILTER.PTL].map((each) => iommu.read32(each));
    for (let offset = 0; offset < 0x100; offset += 4) iommu.write32(at + offset, 0xffff_ffff);
    iommu.write64(at, 0n);
    expect([at, at + 4, at + FILTER.AT, at + FILTER.PTL].map((each) => iommu.read32(each))).toEqual(
      before,
    );
    counting.command(DISABLE, 2);
    iommu.write64(at, 0n);
    iommu.write32(at + FILTER.AT, 0);
    expect([iommu.read64(at), iommu.read32(at + FILTER.AT)]).toEqual([0n, 0]);
  });

  it("other counters are not locked by it", () => {
    counting.start(2, EVENT.REQUESTS);
    for (const counter of [1, 3]) {
      counting.configure(counter, EVENT.IOTLB_HIT);
      expect(iommu.read64(counting.configuration(counter))).toBe(
        configurationOf([EVENT.IOTLB_HIT]),
      );
    }
  });

  it("EN changes by command alone", () => {
    iommu.write64(counting.configuration(0), configurationOf([EVENT.REQUESTS]) | 1n);
    ask();
    expect([iommu.read64(counting.configuration(0)) & 1n, counting.read(0)]).toEqual([0n, 0n]);
  });

  it("filters by requester, domain and PASID are reserved: no event takes one (choice M3)", () => {
    for (const offset of [FILTER.RID, FILTER.DID, FILTER.PASID]) {
      counting.filter(0, offset, 0xffff_ffff);
      expect(iommu.read32(counting.configuration(0) + offset)).toBe(0);
    }
  });

  it("§10.3: a counter at any time, enabled or frozen, in 48 bits (CWE)", () => {
    counting.start(0, EVENT.REQUESTS);
    counting.set(0, 2n ** 64n - 3n);
    expect(counting.read(0)).toBe(LARGEST - 2n);
    ask();
    expect(counting.read(0)).toBe(LARGEST - 1n);
    counting.command(FREEZE);
    iommu.write32(REG.PERFCNTR + 4, 0x12);
    iommu.write32(REG.PERFCNTR, 7);
    ask();
    expect(counting.read(0)).toBe(0x12_0000_0007n);
    counting.command(UNFREEZE);
    ask();
    expect(counting.read(0)).toBe(0x12_0000_0008n);
  });
});

describe("VTD-10.3.2, Table 52: commands", () => {
  it("a counter counts from its enabling to its disabling, and keeps its value", () => {
    ask();
    counting.start(4, EVENT.REQUESTS);
    ask();
    ask();
    expect(counting.command(DISABLE, 4)).toBe(SUCCESS);
    ask();
    expect(counting.read(4)).toBe(2n);
    counting.command(ENABLE, 4);
    ask();
    expect(counting.read(4)).toBe(3n);
  });

  it("freezing stops all counters, the disabled ones too, until they are unfrozen", () => {
    counting.start(0, EVENT.REQUESTS);
    ask();
    counting.command(FREEZE);
    expect(counting.frozen).toBe(0xffn);
    counting.start(1, EVENT.REQUESTS);
    ask();
    expect(counting.values(2)).toEqual([1n, 0n]);
    counting.command(UNFREEZE);
    expect(counting.frozen).toBe(0n);
    ask();
    expect(counting.values(2)).toEqual([2n, 1n]);
  });

  it("§11.4.13.12: disabling a counter clears its freeze status alone", () => {
    counting.start(0, EVENT.REQUESTS);
    counting.command(FREEZE);
    counting.command(DISABLE, 0);
    expect(counting.frozen).toBe(0xfen);
  });

  it("F2h: disables all, and resets configuration, filters, freeze and overflow status", () => {
    counting.filter(7, FILTER.AT, FILTER_ENABLE | 1);
    counting.set(7, LARGEST);
    counting.start(7, EVENT.REQUESTS, GFO);
    ask();
    counting.set(7, 5n);
    expect([counting.overflowed, counting.frozen]).toEqual([0x80n, 0xffn]);
    expect(counting.command(RESET_CONFIGURATION)).toBe(SUCCESS);
    const at = counting.configuration(7);
    expect([iommu.read64(at), iommu.read32(at + FILTER.AT)]).toEqual([0n, 0]);
    expect([counting.overflowed, counting.frozen, counting.read(7)]).toEqual([0n, 0n, 5n]);
    ask();
    expect(counting.read(7)).toBe(5n);
  });

  it("F3h: clears all values, of counters that count too", () => {
    for (let counter = 0; counter < COUNTERS; counter++) counting.set(counter, 9n);
    counting.start(2, EVENT.REQUESTS);
    expect(counting.command(RESET_VALUES)).toBe(SUCCESS);
    expect(counting.values(COUNTERS)).toEqual(new Array(COUNTERS).fill(0n));
    ask();
    expect(counting.read(2)).toBe(1n);
  });

  it.each(["warm", "power-good"] as const)(
    "§11.3: a %s reset stops and clears them all",
    (kind) => {
      counting.set(0, 3n);
      counting.start(0, EVENT.REQUESTS);
      iommu.reset(kind);
      ask();
      expect([counting.read(0), iommu.read64(counting.configuration(0))]).toEqual([0n, 0n]);
    },
  );

  it("a snapshot carries them, counting", async () => {
    counting.filter(1, FILTER.AT, FILTER_ENABLE | 1);
    counting.start(1, EVENT.REQUESTS);
    ask();
    const memory = GuestMemory.create({ size: 2 ** 22 });
    const other = await Iommu.restore(iommu.snapshot(), { preset: "full", memory });
    other.translate({ sourceId: DEVICE, address: 0n, access: "read" });
    expect(new CountingUnit(other).read(1)).toBe(2n);
  });
});
