import { beforeEach, describe, expect, it } from "vitest";
import type { DeliveryMode, RemappedInterrupt } from "../../host/tables/index.js";
import { CFI, DEVICE, InterruptUnit, IRE } from "./interrupt-unit.js";

const FIXED = { vector: 0x41, destination: 0x07 } as const;

describe("VTD-5.1.3: the entry of an interrupt request", () => {
  let unit: InterruptUnit;
  beforeEach(async () => {
    unit = await InterruptUnit.create({ entries: 65536 });
  });

  it.each([
    [0, undefined, 0],
    [5, undefined, 5],
    [0x7fff, undefined, 0x7fff],
    [0x8000, undefined, 0x8000],
    [0xffff, undefined, 0xffff],
    [5, 0, 5],
    [5, 3, 8],
    [0, 0xffff, 0xffff],
    [0x7ff0, 0x0012, 0x8002],
  ])("VTD-5.1.3: handle %i with subhandle %s is entry %i", (handle, subhandle, index) => {
    unit.table.remapped(index, FIXED);
    expect(unit.interrupt(handle, subhandle)).toMatchObject({ status: "ok", remapped: true });
    unit.table.remove(index);
    unit.command(IRE, false);
    unit.command(IRE);
    expect(unit.interrupt(handle, subhandle)).toMatchObject({ condition: "IR.22" });
  });

  it("VTD-5.1.2.2: without SHV the data is ignored", () => {
    unit.table.remapped(5, FIXED);
    const address = 0xfee0_0000n | (5n << 5n) | (1n << 4n);
    const request = { sourceId: DEVICE, address, data: 0xffff_ffff };
    expect(unit.iommu.remapInterrupt(request)).toMatchObject({ status: "ok", remapped: true });
  });
});

describe("VTD-9.9: the interrupt that an entry makes", () => {
  const remap = async (options: Partial<RemappedInterrupt>, extended = false) => {
    const unit = await InterruptUnit.create({ extended });
    unit.table.remapped(9, { ...FIXED, ...options });
    return unit.interrupt(9);
  };

  it.each<[string, Partial<RemappedInterrupt>, bigint, number]>([
    ["fixed to one processor", {}, 0xfee0_7000n, 0x4041],
    ["another vector", { vector: 0xff }, 0xfee0_7000n, 0x40ff],
    ["another destination", { destination: 0xff }, 0xfeef_f000n, 0x4041],
    ["a logical destination", { logical: true }, 0xfee0_7004n, 0x4041],
    ["a redirection hint", { redirectionHint: true }, 0xfee0_7008n, 0x4041],
    ["level-triggered", { level: true }, 0xfee0_7000n, 0xc041],
  ])("VTD-5.1.4: %s, its level asserted", async (_, options, address, data) => {
    expect(await remap(options)).toEqual({ status: "ok", remapped: true, address, data });
  });

  it.each<[DeliveryMode, number, number]>([
    ["fixed", 0x4041, 0xc041],
    ["lowest-priority", 0x4141, 0xc141],
    ["smi", 0x4241, 0x4241],
    ["nmi", 0x4441, 0x4441],
    ["init", 0x4541, 0x4541],
    ["extint", 0x4741, 0x4741],
  ])(
    "VTD-9.9: delivery mode %s, edge-triggered whatever TM says where it must be",
    async (delivery, edge, level) => {
      expect(await remap({ delivery })).toMatchObject({ data: edge });
      expect(await remap({ delivery, level: true })).toMatchObject({ data: level });
    },
  );

  it("VTD-9.9: with EIME the destination has 32 bits, and bits 31:8 go to the upper address", async () => {
    const result = await remap({ destination: 0x1234_5678 }, true);
    expect(result).toMatchObject({ address: 0x1234_5600_fee7_8000n, data: 0x4041 });
  });
});

describe("VTD-9.9: who may use an entry", () => {
  const ask = async (source: RemappedInterrupt["source"], sourceId: number) => {
    const unit = await InterruptUnit.create();
    unit.table.remapped(1, { ...FIXED, source: source ?? "any" });
    const result = unit.interrupt(1, undefined, sourceId);
    return result.status === "fault" ? result.condition : result.status;
  };
  const only = (ignore: "none" | "2" | "2:1" | "2:0") => ({ sourceId: DEVICE, ignore });

  it.each([
    ["everybody without validation", "any", 0xffff, "ok"],
    ["the requester", only("none"), DEVICE, "ok"],
    ["no other function", only("none"), DEVICE ^ 1, "IR.26"],
    ["no other device", only("none"), DEVICE ^ 8, "IR.26"],
    ["no other bus", only("none"), DEVICE ^ 0x100, "IR.26"],
    ["functions that differ in bit 2 with SQ 1", only("2"), DEVICE ^ 4, "ok"],
    ["but not in bit 1", only("2"), DEVICE ^ 2, "IR.26"],
    ["functions that differ in bits 2:1 with SQ 2", only("2:1"), DEVICE ^ 6, "ok"],
    ["but not in bit 0", only("2:1"), DEVICE ^ 1, "IR.26"],
    ["every function of the device with SQ 3", only("2:0"), DEVICE ^ 7, "ok"],
    ["but of no other", only("2:0"), DEVICE ^ 15, "IR.26"],
    ["the first bus of a range", { firstBus: 3, lastBus: 5 }, 0x0300, "ok"],
    ["the last bus of a range", { firstBus: 3, lastBus: 5 }, 0x05ff, "ok"],
    ["no bus below", { firstBus: 3, lastBus: 5 }, 0x02ff, "IR.26"],
    ["no bus above", { firstBus: 3, lastBus: 5 }, 0x0600, "IR.26"],
    ["nobody in an empty range", { firstBus: 5, lastBus: 3 }, 0x0400, "IR.26"],
  ] as const)("VTD-9.9: %s", async (_, source, sourceId, expected) => {
    expect(await ask(source, sourceId)).toBe(expected);
  });
});

describe("VTD-5.1.4: interrupts in compatibility format", () => {
  const message = { sourceId: DEVICE, address: 0xfee0_300cn, data: 0x0000_8755 };
  const asItCame = { status: "ok", remapped: false, address: message.address, data: message.data };

  it("VTD-5.1.4: pass as they came while remapping is off, and so do remappable ones", async () => {
    const unit = await InterruptUnit.create({ enabled: false });
    expect(unit.iommu.remapInterrupt(message)).toEqual(asItCame);
    const remappable = { sourceId: DEVICE, address: 0xfee0_0010n, data: 0 };
    expect(unit.iommu.remapInterrupt(remappable)).toMatchObject({ remapped: false, data: 0 });
  });

  it("VTD-5.1.4: are blocked with remapping on, and pass once CFI allows them", async () => {
    const unit = await InterruptUnit.create();
    expect(unit.iommu.remapInterrupt(message)).toMatchObject({ condition: "IR.25" });
    unit.command(CFI);
    expect(unit.iommu.remapInterrupt(message)).toEqual(asItCame);
    unit.command(CFI, false);
    expect(unit.iommu.remapInterrupt(message)).toMatchObject({ condition: "IR.25" });
  });

  it("VTD-5.1.4: are blocked with EIME, whatever CFI says", async () => {
    const unit = await InterruptUnit.create({ extended: true });
    unit.command(CFI);
    expect(unit.iommu.remapInterrupt(message)).toMatchObject({ condition: "IR.25" });
  });

  it("VTD-5.1.4: of a unit without interrupt remapping always pass", async () => {
    const unit = await InterruptUnit.create({ preset: "second-stage" });
    expect(unit.iommu.remapInterrupt(message)).toEqual(asItCame);
  });
});

describe("VTD-5.1.6: the unit's own interrupts", () => {
  it("VTD-5.1.6: are not remapped", async () => {
    const unit = await InterruptUnit.create();
    unit.iommu.write32(0x3c, 0x31);
    unit.iommu.write32(0x40, 0xfee0_1010);
    unit.iommu.write32(0x38, 0);
    expect(unit.interrupt(3)).toMatchObject({ condition: "IR.22" });
    expect(unit.sent).toEqual([{ address: 0xfee0_1010n, data: 0x31 }]);
  });
});

describe("what is no interrupt request", () => {
  it.each([
    [{ address: 0xfed0_0000n }, /address is 0xfed00000: expected a multiple of 4/],
    [{ address: 0xfef0_0000n }, /address is 0xfef00000/],
    [{ address: 0xfee0_0002n }, /address is 0xfee00002: expected a multiple of 4/],
    [{ address: 0x1_fee0_0000n }, /address is 0x1fee00000/],
    [{ data: -1 }, /data is -1: expected 32 bits/],
    [{ data: 2 ** 32 }, /data is 4294967296/],
    [{ sourceId: 0x10000 }, /sourceId is 65536/],
  ])("%o is refused by name", async (changes, message) => {
    const { iommu } = await InterruptUnit.create();
    const request = { sourceId: DEVICE, address: 0xfee0_0000n, data: 0, ...changes };
    expect(() => iommu.remapInterrupt(request)).toThrow(message);
  });
});

describe("explainInterrupt", () => {
  it("shows the entry that is read and the check that decides, and changes nothing", async () => {
    const unit = await InterruptUnit.create();
    unit.table.remapped(4, FIXED);
    const request = { sourceId: DEVICE, address: 0xfee0_0090n, data: 0 };
    const explained = unit.iommu.explainInterrupt(request);
    expect(explained.result).toMatchObject({ status: "ok", remapped: true });
    expect(explained.entries).toMatchObject([
      { structure: "interrupt remapping table entry", address: unit.table.table + 64n },
    ]);
    expect(explained.entries[0]!.fields.map((field) => field.field)).toEqual(["P", "V", "DST"]);
    expect(explained.decision).toBe("remapped to address 0xfee07000, data 0x4041");
    expect(unit.iommu.counters().interruptRequests).toBe(0n);
    unit.iommu.remapInterrupt(request);
    const again = unit.iommu.explainInterrupt(request);
    expect(again.entries).toMatchObject([{ source: "cache" }]);
  });

  it("shows the posted-interrupt descriptor, and posts nothing", async () => {
    const unit = await InterruptUnit.create();
    const descriptor = unit.descriptor();
    unit.table.posted(4, { vector: 7, descriptor: descriptor.entry.address });
    const request = { sourceId: DEVICE, address: 0xfee0_0090n, data: 0 };
    const { decision, entries } = unit.iommu.explainInterrupt(request);
    expect(decision).toBe("posted, with a notification");
    expect(entries.map(({ structure }) => structure)).toEqual([
      "interrupt remapping table entry",
      "posted-interrupt descriptor",
    ]);
    expect([descriptor.posted, unit.sent]).toEqual([[], []]);
  });

  it("names the fault", async () => {
    const unit = await InterruptUnit.create();
    const request = { sourceId: DEVICE, address: 0xfee0_0090n, data: 0 };
    expect(unit.iommu.explainInterrupt(request).decision).toMatch(/^IR\.22, reason 0x22: /);
    expect(unit.faults()).toEqual([]);
  });
});
