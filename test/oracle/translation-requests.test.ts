import { describe, expect, it } from "vitest";
import { INPUT, INTERRUPT_PAGE, OUTPUT } from "./scenarios/scenario.js";
import {
  FS_A,
  FS_D,
  GUEST_BASE,
  P,
  PASID,
  R,
  RW,
  SCALABLE_CONTEXT,
  SID,
  SNP,
  SS_A,
  SS_D,
  US,
  W,
  World,
} from "./world.js";

const request = { sourceId: SID, address: INPUT } as const;
const withPasid = { ...request, pasid: PASID } as const;
const SRE = 128;
const PGSNP = 88;
const SSADE = 9;

const NOTHING = {
  status: "ok",
  read: false,
  write: false,
  untranslatedOnly: false,
  noSnoop: false,
  sizeBit: false,
  privileged: false,
  execute: false,
  global: false,
  address: 0n,
  pageSize: 4096,
};

describe("a translation completion (§4.2.3)", () => {
  it("of a 4 KiB page carries the page address and S=0", () => {
    const world = new World().scalable(1n);
    world.mapFirst(INPUT, OUTPUT);
    expect(world.oracle.requestTranslation({ ...withPasid, address: INPUT + 0xabcn })).toEqual({
      ...NOTHING,
      read: true,
      write: true,
      address: OUTPUT,
    });
  });

  it.each([
    ["2 MiB", 2, 0x20_0000],
    ["1 GiB", 3, 0x4000_0000],
  ])("of a %s page carries its base and S=1", (_name, leaf, pageSize) => {
    const world = new World().scalable(2n);
    world.mapSecond(INPUT, 0x8_4000_0000n, { leaf });
    expect(world.oracle.requestTranslation(request)).toMatchObject({
      sizeBit: true,
      address: 0x8_4000_0000n,
      pageSize,
    });
  });

  it("of nested pages covers the smaller one, at its host address", () => {
    const world = new World().scalable(3n);
    world.mapFirst(INPUT, 0x4000_0000n, { leaf: 2 });
    const guest = 0x4000_0000n | (INPUT & 0x1f_f000n);
    world.mapGuestPage(guest);
    expect(world.oracle.requestTranslation(withPasid)).toMatchObject({
      sizeBit: false,
      address: guest + GUEST_BASE,
      pageSize: 4096,
    });
  });

  it("of pass-through is the largest page of the unit around the address", () => {
    const world = new World().scalable(4n);
    expect(world.oracle.requestTranslation(withPasid)).toMatchObject({
      read: true,
      write: true,
      sizeBit: true,
      pageSize: 0x4000_0000,
      address: INPUT & ~0x3fff_ffffn,
    });
  });

  it("of pass-through may cover the interrupt address range, which is no fault (SGN.8.2)", () => {
    const world = new World().scalable(4n);
    expect(world.oracle.requestTranslation({ ...withPasid, address: 0xd000_0000n })).toMatchObject({
      status: "ok",
      address: 0xc000_0000n,
    });
  });

  it("has R=1 and W=0 for a read-only page, without a condition, and W=0 if the device asked so", () => {
    const world = new World().scalable(2n);
    world.mapSecond(INPUT, OUTPUT, { flags: R });
    const completion = world.oracle.requestTranslation(request);
    expect(completion).toMatchObject({ read: true, write: false });
    expect(completion).not.toHaveProperty("condition");
    world.mapSecond(INPUT, OUTPUT);
    expect(world.oracle.requestTranslation({ ...request, noWrite: true })).toMatchObject({
      read: true,
      write: false,
    });
  });

  it("ignores NW in a unit without NWFS", () => {
    const world = new World({ NWFS: false }).scalable(2n).setPasidField(SSADE, SSADE, 1n);
    const leaf = world.mapSecond(INPUT, OUTPUT)[3];
    const completion = world.oracle.requestTranslation({ ...request, noWrite: true });
    expect(completion).toMatchObject({ write: true });
    expect(world.word(leaf) & (SS_A | SS_D)).toBe(SS_A | SS_D);
  });

  it("has no permission, and no log entry, where the stages have none in common", () => {
    const world = new World().scalable(3n);
    const leaf = world.mapFirst(INPUT, OUTPUT, { flags: P | US })[3];
    const final = world.mapGuestPage(OUTPUT, { flags: W })[3];
    world.setPasidField(SSADE, SSADE, 1n);
    expect(world.oracle.requestTranslation(withPasid)).toMatchObject({
      ...NOTHING,
      condition: "SGN.6",
      record: "not-logged",
    });
    const readOnly = world.oracle.requestTranslation({ ...withPasid, noWrite: true });
    expect(readOnly).toMatchObject({ ...NOTHING, condition: "SGN.7" });
    expect(world.word(leaf) & (FS_A | FS_D)).toBe(0n);
    expect(world.word(final) & (SS_A | SS_D)).toBe(0n);
  });
});

describe("Priv of a completion (§4.2.3)", () => {
  it("is 1 for a privileged request with PASID, also when SRE=0 leaves no permission", () => {
    const world = new World().scalable(1n);
    world.mapFirst(INPUT, OUTPUT, { flags: P | RW });
    const privileged = { ...withPasid, privileged: true };
    expect(world.oracle.requestTranslation(privileged)).toMatchObject({
      ...NOTHING,
      privileged: true,
      condition: "SPT.6",
    });
    world.setPasidField(SRE, SRE, 1n);
    expect(world.oracle.requestTranslation(privileged)).toMatchObject({
      read: true,
      write: true,
      privileged: true,
    });
  });

  it("is 0 without PASID, though RID_PRIV gives the permissions of a supervisor", () => {
    const world = new World().scalable(1n).setPasidField(SRE, SRE, 1n);
    world.setField(SCALABLE_CONTEXT, 84, 84, 1n).mapFirst(INPUT, OUTPUT, { flags: P | RW });
    expect(world.oracle.requestTranslation({ ...request, privileged: true })).toMatchObject({
      read: true,
      write: true,
      privileged: false,
    });
  });
});

describe("N of a completion (Table 10)", () => {
  interface Case {
    mode: string;
    pgsnp: bigint;
    snp: boolean;
    noSnoop: boolean;
  }
  const cases: Case[] = [
    { mode: "legacy", pgsnp: 0n, snp: false, noSnoop: false },
    { mode: "legacy", pgsnp: 0n, snp: true, noSnoop: true },
    { mode: "first", pgsnp: 0n, snp: false, noSnoop: false },
    { mode: "first", pgsnp: 1n, snp: false, noSnoop: true },
    { mode: "second", pgsnp: 0n, snp: false, noSnoop: false },
    { mode: "second", pgsnp: 0n, snp: true, noSnoop: true },
    { mode: "second", pgsnp: 1n, snp: false, noSnoop: true },
    { mode: "nested", pgsnp: 0n, snp: true, noSnoop: true },
    { mode: "nested", pgsnp: 1n, snp: false, noSnoop: true },
    { mode: "pass-through", pgsnp: 1n, snp: false, noSnoop: true },
    { mode: "pass-through", pgsnp: 0n, snp: false, noSnoop: false },
  ];
  it.each(cases)("in $mode with PGSNP $pgsnp and SNP $snp is $noSnoop", (given) => {
    const pgtt = { legacy: 0n, first: 1n, second: 2n, nested: 3n, "pass-through": 4n }[given.mode];
    const world = new World();
    if (given.mode === "legacy") world.legacy();
    else world.scalable(pgtt ?? 0n).setPasidField(PGSNP, PGSNP, given.pgsnp);
    const flags = R | W | (given.snp ? SNP : 0n);
    if (given.mode === "first" || given.mode === "nested") world.mapFirst(INPUT, OUTPUT);
    if (given.mode === "nested") world.mapGuestPage(OUTPUT, { flags });
    if (given.mode === "second" || given.mode === "legacy") {
      world.mapSecond(INPUT, OUTPUT, { flags });
    }
    expect(world.oracle.requestTranslation(request)).toMatchObject({ noSnoop: given.noSnoop });
  });
});

describe("flags and translation requests (§4.2.3.1)", () => {
  it.each([
    ["asks for writing and may write", false, P | RW | US, FS_A | FS_D],
    ["asks for writing and may not write", false, P | US, FS_A],
    ["asks for reading only", true, P | RW | US, FS_A],
    ["gets no permission", false, P | RW, 0n],
  ])("in the first stage, if the device %s", (_name, noWrite, flags, expected) => {
    const world = new World().scalable(1n);
    const leaf = world.mapFirst(INPUT, OUTPUT, { flags })[3];
    world.oracle.requestTranslation({ ...withPasid, noWrite });
    expect(world.word(leaf) & (FS_A | FS_D)).toBe(expected);
  });

  it.each([
    ["asks for writing and may write", false, R | W, SS_A | SS_D],
    ["asks for writing and may not write", false, R, SS_A],
    ["asks for reading only", true, R | W, SS_A],
    ["may only write and asks for reading", true, W, 0n],
  ])("in the second stage, if the device %s", (_name, noWrite, flags, expected) => {
    const world = new World().scalable(2n).setPasidField(SSADE, SSADE, 1n);
    const leaf = world.mapSecond(INPUT, OUTPUT, { flags })[3];
    world.oracle.requestTranslation({ ...withPasid, noWrite });
    expect(world.word(leaf) & (SS_A | SS_D)).toBe(expected);
  });

  it("of the first stage stay clean if the second stage forbids the write", () => {
    const world = new World().scalable(3n);
    const leaf = world.mapFirst(INPUT, OUTPUT)[3];
    world.mapGuestPage(OUTPUT, { flags: R });
    expect(world.oracle.requestTranslation(withPasid)).toMatchObject({ read: true, write: false });
    expect(world.word(leaf) & (FS_A | FS_D)).toBe(FS_A);
  });
});

describe("translation requests and the interrupt address range", () => {
  const inRange = { ...request, address: INTERRUPT_PAGE } as const;

  it.each([
    ["legacy mode", (world: World) => world.legacy()],
    ["pass-through", (world: World) => world.scalable(4n)],
    ["first stage", (world: World) => world.scalable(1n)],
  ])(
    "without PASID get write permission for untranslated requests only: S.1 in %s",
    (_mode, enable) => {
      const world = enable(new World());
      expect(world.oracle.requestTranslation(inRange)).toEqual({
        ...NOTHING,
        write: true,
        untranslatedOnly: true,
      });
      expect(world.oracle.requestTranslation({ ...inRange, noWrite: true })).toEqual(NOTHING);
    },
  );

  it("without PASID are S.1 whatever NW says in a unit without NWFS", () => {
    const { oracle } = new World({ NWFS: false }).scalable(4n);
    expect(oracle.requestTranslation({ ...inRange, noWrite: true })).toMatchObject({
      write: true,
      untranslatedOnly: true,
    });
  });

  it("without PASID are judged by the entries first", () => {
    const world = new World().scalable(4n).setField(SCALABLE_CONTEXT, 0, 0, 0n);
    expect(world.oracle.requestTranslation(inRange)).toMatchObject({ condition: "SCT.2" });
  });

  it("with PASID get no permission from pass-through, and a walk otherwise", () => {
    const through = new World().scalable(4n);
    expect(through.oracle.requestTranslation({ ...inRange, pasid: PASID })).toEqual(NOTHING);
    const walked = new World().scalable(1n);
    walked.mapFirst(INTERRUPT_PAGE, OUTPUT);
    expect(walked.oracle.requestTranslation({ ...inRange, pasid: PASID })).toMatchObject({
      address: OUTPUT,
    });
  });

  it("fault if the page only overlaps the range, and untranslated requests beside it do not", () => {
    const world = new World().scalable(2n);
    world.mapSecond(0n, 0xc000_0000n, { leaf: 3 });
    const beside = { sourceId: SID, address: 0x1000n };
    expect(world.oracle.requestTranslation(beside)).toMatchObject({ condition: "SGN.8.2" });
    expect(world.oracle.translate({ ...beside, access: "read" })).toMatchObject({ status: "ok" });
    const into = { sourceId: SID, address: 0x3ee0_0000n, access: "read" } as const;
    expect(world.oracle.translate(into)).toMatchObject({ condition: "SGN.8.1" });
  });

  it("fault in legacy mode if the page overlaps the range", () => {
    const world = new World().legacy();
    world.mapSecond(0n, 0xfee0_0000n, { leaf: 2 });
    expect(world.oracle.requestTranslation({ sourceId: SID, address: 0n })).toMatchObject({
      condition: "LGN.4",
      completion: "CA",
    });
  });
});

describe("translation requests that no table is asked about (§4.2.1)", () => {
  it("are unsupported with remapping disabled, and nothing is logged", () => {
    const world = new World();
    expect(world.oracle.requestTranslation(request)).toEqual({
      status: "blocked",
      completion: "UR",
    });
    expect(world.oracle.steps).toEqual([]);
    expect(world.oracle.faults.pending).toBe(false);
  });
});
