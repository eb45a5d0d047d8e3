import { describe, expect, it } from "vitest";
import { OUTPUT } from "./scenarios/scenario.js";
import {
  DIRECTORY_ENTRY,
  LEGACY_CONTEXT,
  PASID,
  RID_PASID,
  SCALABLE_CONTEXT,
  SID,
  World,
} from "./world.js";

const request = { sourceId: SID, address: OUTPUT + 9n, access: "write" } as const;
const withPasid = { ...request, pasid: PASID } as const;
const BLOCKED = { status: "blocked", completion: "UR" };
const PASSED = {
  status: "ok",
  address: OUTPUT + 9n,
  pageSize: 4096,
  permissions: { read: true, write: true },
};

describe("translated requests (§4.2.5)", () => {
  it.each([
    ["legacy mode", () => new World().legacy()],
    ["scalable mode", () => new World().scalable(1n)],
  ])("pass with their address as it is in %s, whatever the page tables say", (_mode, make) => {
    expect(make().oracle.translateTranslated(request)).toEqual(PASSED);
  });

  it("do not need PASID structures", () => {
    const world = new World().scalable(1n);
    world.memory.failReads(DIRECTORY_ENTRY);
    expect(world.oracle.translateTranslated(request)).toEqual(PASSED);
    expect(world.oracle.translateTranslated(withPasid)).toEqual(PASSED);
  });

  it("are unsupported with remapping disabled", () => {
    const { oracle } = new World();
    expect(oracle.translateTranslated(request)).toEqual(BLOCKED);
    expect(oracle.translateTranslated(withPasid)).toEqual(BLOCKED);
  });

  it("with PASID are unsupported in a unit without PTRS, before any table is read", () => {
    const world = new World({ PTRS: false }).scalable(4n).setField(SCALABLE_CONTEXT, 6, 6, 0n);
    expect(world.oracle.translateTranslated(withPasid)).toEqual(BLOCKED);
    expect(world.oracle.steps).toEqual([]);
    expect(world.oracle.translateTranslated(request)).toEqual(PASSED);
  });

  it("with PASID are judged by condition number: RID_PASID before EPTR", () => {
    const world = new World().scalable(4n).setField(SCALABLE_CONTEXT, 6, 6, 0n);
    const ofRequester = { ...request, pasid: RID_PASID };
    expect(world.oracle.translateTranslated(ofRequester)).toMatchObject({ condition: "SCT.9" });
    expect(world.oracle.translateTranslated(withPasid)).toMatchObject({ condition: "SCT.10" });
  });

  it("are recorded as translated", () => {
    const world = new World().legacy().setField(LEGACY_CONTEXT, 0, 0, 0n);
    expect(world.oracle.translateTranslated(request)).toMatchObject({
      condition: "LCT.2",
      fields: { addressType: 2, t1: false, t2: false, address: OUTPUT },
    });
  });

  it("are recorded with their PASID, and without privilege, which they do not carry", () => {
    const world = new World().scalable(4n).setField(SCALABLE_CONTEXT, 0, 0, 0n);
    expect(world.oracle.translateTranslated(withPasid)).toMatchObject({
      fields: { pasidPresent: true, pasid: PASID, privileged: false },
    });
  });
});
