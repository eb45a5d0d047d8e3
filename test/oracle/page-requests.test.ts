import { describe, expect, it } from "vitest";
import { INPUT } from "./scenarios/scenario.js";
import {
  DIRECTORY_ENTRY,
  FIRST_STAGE_ROOT,
  PASID,
  PASID_ENTRY,
  RID_PASID,
  ROOT_ENTRY,
  SCALABLE_CONTEXT,
  SID,
  World,
} from "./world.js";

const request = {
  sourceId: SID,
  pasid: PASID,
  address: INPUT,
  read: true,
  write: false,
  last: true,
  group: 7,
} as const;
const stopMarker = { ...request, read: false } as const;

describe("the authorisation of a page request (§7.4.1)", () => {
  it("gives the PASID-table entry that selects the implicit invalidation", () => {
    const world = new World().scalable(1n);
    expect(world.oracle.authorisePageRequest(request)).toMatchObject({
      ok: true,
      pasid: PASID,
      pasidEntry: { type: "first-stage", domainId: 9, first: { root: FIRST_STAGE_ROOT } },
    });
  });

  it("takes RID_PASID for a request without PASID", () => {
    const world = new World().scalable(4n);
    const plain = { ...request, pasid: undefined };
    expect(world.oracle.authorisePageRequest(plain)).toMatchObject({ ok: true, pasid: RID_PASID });
  });

  it("walks no page table, and does not mind privilege and execute", () => {
    const world = new World({ version: 0x70 }).scalable(1n);
    world.memory.failReads(FIRST_STAGE_ROOT);
    const demanding = { ...request, privileged: true, execute: true };
    expect(world.oracle.authorisePageRequest(demanding)).toMatchObject({ ok: true });
    expect(world.oracle.steps.map(({ structure }) => structure)).toEqual([
      "scalable-mode root entry",
      "scalable-mode context entry",
      "PASID-directory entry",
      "PASID-table entry",
    ]);
  });

  it("does not mind execute in a unit of version 8 either, nor a PASID beyond PSS", () => {
    const world = new World({ version: 0x80, PSS: 5 }).scalable(1n);
    const demanding = { ...request, execute: true };
    expect(world.oracle.authorisePageRequest(demanding)).toMatchObject({ ok: true });
  });
});

describe("a page request that is refused (§7.4.1, Table 31)", () => {
  it("is answered Invalid Request if it is the last of its group, and dropped otherwise", () => {
    const world = new World().scalable(1n).setField(SCALABLE_CONTEXT, 4, 4, 0n);
    expect(world.oracle.authorisePageRequest(request)).toMatchObject({
      ok: false,
      condition: "SCT.8",
      reason: 0x47,
      qualified: true,
      fpd: false,
      answer: "invalid-request",
      record: "recorded",
    });
    expect(world.oracle.authorisePageRequest({ ...request, last: false })).toMatchObject({
      answer: "drop",
      record: "recorded",
    });
  });

  it("is recorded as a page request, with its PASID and privilege", () => {
    const world = new World().scalable(1n).setField(ROOT_ENTRY, 0, 0, 0n);
    world.oracle.authorisePageRequest({ ...request, privileged: true, execute: true });
    expect(world.oracle.faults.records[0]).toEqual({
      reason: 0x39,
      sourceId: SID,
      address: INPUT,
      t1: false,
      t2: true,
      addressType: 0,
      pasidPresent: true,
      pasid: PASID,
      execute: false,
      privileged: true,
    });
  });

  it.each([
    ["context entry", SCALABLE_CONTEXT],
    ["directory entry", DIRECTORY_ENTRY],
    ["PASID-table entry", PASID_ENTRY],
  ])("is not recorded if FPD is set in the %s", (_name, entry) => {
    const world = new World().scalable(0n).setField(entry, 1, 1, 1n);
    expect(world.oracle.authorisePageRequest(request)).toMatchObject({
      condition: "SPT.4.2",
      fpd: true,
      logged: false,
      record: "suppressed",
      answer: "invalid-request",
    });
  });

  it("is dropped in silence if it is a stop marker", () => {
    const world = new World().scalable(1n).setField(ROOT_ENTRY, 0, 0, 0n);
    expect(world.oracle.authorisePageRequest(stopMarker)).toMatchObject({
      condition: "SRT.2",
      answer: "drop",
      logged: false,
      record: "not-logged",
    });
    expect(world.oracle.faults.pending).toBe(false);
  });

  it("is dropped without a condition while remapping is disabled, or if there are no page requests", () => {
    expect(new World().oracle.authorisePageRequest(request)).toEqual({
      ok: false,
      condition: undefined,
      why: "translation-disabled",
      answer: "drop",
    });
    const without = new World({ PRS: false }).legacy();
    expect(without.oracle.authorisePageRequest(request)).toMatchObject({
      condition: undefined,
      why: "PRS=0",
    });
  });
});
