import { describe, expect, it } from "vitest";
import { FaultRecorder, Oracle, type FaultFields } from "../../host/oracle/index.js";
import { registersOf } from "./registers-by-hand.js";
import { INPUT } from "./scenarios/scenario.js";
import { SparseMemory } from "./sparse-memory.js";
import {
  DIRECTORY_ENTRY,
  LEGACY_CONTEXT,
  PASID,
  PASID_ENTRY,
  ROOT_ENTRY,
  SCALABLE_CONTEXT,
  SID,
  World,
} from "./world.js";

const fault = (sourceId: number): FaultFields => ({
  reason: 1,
  sourceId,
  address: 0x1000n,
  t1: true,
  t2: false,
  addressType: 0,
  pasidPresent: false,
  pasid: 0,
  execute: false,
  privileged: false,
});

describe("primary fault logging (§7.2.1)", () => {
  it("fills the registers in a circle, and FRI keeps the first pending one", () => {
    const recorder = new FaultRecorder(3, false);
    expect(recorder.record(fault(1))).toBe("recorded");
    expect(recorder.record(fault(2))).toBe("recorded");
    expect(recorder).toMatchObject({ pending: true, firstPendingIndex: 0, nextIndex: 2 });
    recorder.clearFault(0);
    recorder.clearFault(1);
    expect(recorder.pending).toBe(false);
    recorder.record(fault(3));
    expect(recorder).toMatchObject({ firstPendingIndex: 2, nextIndex: 0 });
    expect(recorder.records).toEqual([undefined, undefined, fault(3)]);
  });

  it("sets PFO when the next register is still pending, and then records nothing until it is cleared", () => {
    const recorder = new FaultRecorder(2, false);
    recorder.record(fault(1));
    recorder.record(fault(2));
    expect(recorder.record(fault(3))).toBe("overflow");
    expect(recorder.overflow).toBe(true);
    recorder.clearFault(0);
    recorder.clearFault(1);
    expect(recorder.record(fault(4))).toBe("overflow");
    recorder.clearOverflow();
    expect(recorder.record(fault(5))).toBe("recorded");
    expect(recorder.records[0]).toEqual(fault(5));
  });

  it("collapses faults of a requester that has a pending record, unless PFO is set", () => {
    const recorder = new FaultRecorder(2, true);
    recorder.record(fault(1));
    expect(recorder.record(fault(1))).toBe("collapsed");
    expect(recorder.record(fault(2))).toBe("recorded");
    expect(recorder.record(fault(2))).toBe("collapsed");
    expect(recorder.record(fault(3))).toBe("overflow");
    expect(recorder.record(fault(1))).toBe("overflow");
    recorder.clearOverflow();
    recorder.clearFault(0);
    expect(recorder.record(fault(1))).toBe("recorded");
  });

  it("starts at the first register again after DMA and interrupt remapping were both off", () => {
    const world = new World();
    const faultOnce = (): void => {
      world.enable(2n << 10n);
      world.oracle.translate({ sourceId: SID, address: INPUT, access: "read" });
    };
    faultOnce();
    expect(world.oracle.faults.nextIndex).toBe(1);
    const { state } = world.oracle;
    world.oracle.state = { ...state, translationEnabled: false, interruptRemappingEnabled: true };
    expect(world.oracle.faults.nextIndex).toBe(1);
    world.oracle.state = { ...state, translationEnabled: false };
    expect(world.oracle.faults.nextIndex).toBe(0);
    faultOnce();
    expect(world.oracle.faults.overflow).toBe(true);
  });

  it("refuses a register that the unit does not have", () => {
    const recorder = new FaultRecorder(2, true);
    for (const index of [2, -1, 0.5]) {
      expect(() => recorder.clearFault(index)).toThrow(
        `fault recording register ${index}: expected 0 to 1`,
      );
    }
    for (const count of [0, 257, 1.5]) {
      expect(() => new FaultRecorder(count, true)).toThrow(`${count} fault recording registers`);
    }
    expect(new FaultRecorder(1, true).records).toHaveLength(1);
    expect(new FaultRecorder(256, true).records).toHaveLength(256);
  });

  it("has as many registers as NFR says, and collapses by default", () => {
    const collapsing = new World({ NFR: 3 }, true).enable(2n << 10n);
    const request = { sourceId: SID, address: INPUT, access: "read" } as const;
    expect(collapsing.oracle.faults.records).toHaveLength(4);
    expect(collapsing.oracle.translate(request)).toMatchObject({ record: "recorded" });
    expect(collapsing.oracle.translate(request)).toMatchObject({ record: "collapsed" });

    const byDefault = new Oracle({ memory: new SparseMemory(), ...registersOf() });
    byDefault.state = { ...collapsing.oracle.state };
    expect(byDefault.translate(request)).toMatchObject({ record: "recorded" });
    expect(byDefault.translate(request)).toMatchObject({ record: "collapsed" });
  });
});

describe("the fields of a record (§11.4.7.6)", () => {
  const blocked = () => new World().scalable(1n).setField(ROOT_ENTRY, 0, 0, 0n);
  const request = {
    sourceId: SID,
    pasid: PASID,
    address: INPUT | 0xfffn,
    access: "read",
    privileged: true,
    execute: true,
    size: 1,
  } as const;

  it.each([
    ["read", true, false, true],
    ["write", false, false, false],
    ["atomic", true, true, false],
  ] as const)("for %s", (access, t1, t2, execute) => {
    const world = blocked();
    world.oracle.translate({ ...request, access });
    expect(world.oracle.faults.records[0]).toEqual({
      reason: 0x39,
      sourceId: SID,
      address: INPUT,
      t1,
      t2,
      addressType: 0,
      pasidPresent: true,
      pasid: PASID,
      execute,
      privileged: true,
    });
  });

  it("name a translation request a read with AT=01b", () => {
    const world = blocked();
    world.oracle.requestTranslation(request);
    expect(world.oracle.faults.records[0]).toMatchObject({ t1: true, t2: false, addressType: 1 });
  });

  it("leave AT out without device-TLB support, and PASID fields without PASID support", () => {
    const world = new World({ DT: false, PASID: false })
      .scalable(1n)
      .setField(ROOT_ENTRY, 0, 0, 0n);
    world.oracle.requestTranslation(request);
    expect(world.oracle.faults.records[0]).toMatchObject({
      addressType: 0,
      pasidPresent: false,
      pasid: 0,
      execute: false,
      privileged: false,
    });
  });

  it("have no PASID for a request that was given RID_PASID", () => {
    const world = new World().scalable(1n);
    world.oracle.translate({ ...request, pasid: undefined });
    expect(world.oracle.faults.records[0]).toMatchObject({
      reason: 0x71,
      pasidPresent: false,
      pasid: 0,
      privileged: false,
    });
  });

  it.each([
    [{}, 57],
    [{ SAGAW: 0b0110, FS5LP: false }, 48],
    [{ SAGAW: 0b0010, FSTS: false, FS5LP: false, NEST: false, EAFS: false, MGAW: 39 }, 39],
    [{ SAGAW: 0, FSTS: false, FS5LP: false, NEST: false, EAFS: false, MGAW: 50 }, 50],
  ])("hold the address below the widest width of the unit: %j has %s bits", (features, width) => {
    const world = new World(features).enable(2n << 10n);
    const address = 0xffff_ffff_ffff_fff0n;
    world.oracle.translate({ ...request, address });
    const expected = (1n << BigInt(width)) - 0x1000n;
    expect(world.oracle.faults.records[0]?.address).toBe(expected);
  });
});

describe("Fault Processing Disable (§7.1.1)", () => {
  const request = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;

  it.each([
    ["context entry", SCALABLE_CONTEXT],
    ["directory entry", DIRECTORY_ENTRY],
    ["PASID-table entry", PASID_ENTRY],
  ])("in the %s keeps faults of the page walk out of the log", (_name, entry) => {
    const world = new World().scalable(1n).setField(entry, 1, 1, 1n);
    expect(world.oracle.translate(request)).toMatchObject({
      condition: "SFS.2",
      record: "suppressed",
      logged: false,
    });
    expect(world.oracle.faults.pending).toBe(false);
  });

  it.each([
    ["legacy context entry", LEGACY_CONTEXT, "LCT.2"],
    ["context entry", SCALABLE_CONTEXT, "SCT.2"],
    ["directory entry", DIRECTORY_ENTRY, "SPD.2"],
    ["PASID-table entry", PASID_ENTRY, "SPT.2"],
  ])("counts in a %s that is not present", (_name, entry, condition) => {
    const legacy = entry === LEGACY_CONTEXT;
    const world = legacy ? new World().legacy() : new World().scalable(1n);
    world.setField(entry, 1, 0, 2n);
    const pasid = legacy ? undefined : PASID;
    expect(world.oracle.translate({ ...request, pasid })).toMatchObject({
      condition,
      record: "suppressed",
    });
  });

  it("in a deeper entry comes too late for a fault above it", () => {
    const world = new World().scalable(1n);
    world.setField(PASID_ENTRY, 1, 1, 1n).setField(DIRECTORY_ENTRY, 0, 0, 0n);
    expect(world.oracle.translate(request)).toMatchObject({ record: "recorded" });
  });

  it("does not hide an unreadable PASID-table entry, which is not qualified", () => {
    const world = new World().scalable(1n).setField(SCALABLE_CONTEXT, 1, 1, 1n);
    world.memory.failReads(PASID_ENTRY);
    expect(world.oracle.translate(request)).toMatchObject({
      condition: "SPT.1",
      record: "recorded",
    });
  });
});
