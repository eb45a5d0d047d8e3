import { describe, expect, it } from "vitest";
import { INPUT, OUTPUT } from "./scenarios/scenario.js";
import {
  FIRST_STAGE_ROOT,
  FS_A,
  FS_D,
  GUEST_BASE,
  P,
  PASID,
  R,
  RW,
  SID,
  SNP,
  SS_A,
  SS_D,
  US,
  W,
  World,
} from "./world.js";

const read = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;
const write = { ...read, access: "write" } as const;
const SSADE = 9;
const PWSNP = 87;

/** INPUT is guest OUTPUT, which is at OUTPUT + GUEST_BASE in the host. */
function nestedWorld(first = P | RW | US, second = R | W): World & { tables: bigint[] } {
  const world = new World().scalable(3n);
  const entries = world.mapFirst(INPUT, OUTPUT, { flags: first });
  world.mapGuestPage(OUTPUT, { flags: second });
  return Object.assign(world, { tables: entries });
}

describe("nested translation (§3.8)", () => {
  it("takes every first-stage entry and the final page through the second stage", () => {
    const world = nestedWorld();
    expect(world.oracle.translate({ ...read, address: INPUT + 0x10n })).toEqual({
      status: "ok",
      address: OUTPUT + GUEST_BASE + 0x10n,
      pageSize: 4096,
      permissions: { read: true, write: true },
    });
    const walked = world.oracle.steps.slice(4).map(({ structure }) => structure);
    const one = [...Array<string>(4).fill("second-stage entry"), "first-stage entry"];
    expect(walked).toEqual([...one, ...one, ...one, ...one, ...one.slice(0, 4)]);
  });

  it.each([
    [1, 1, 4096],
    [2, 1, 4096],
    [1, 2, 4096],
    [2, 2, 0x20_0000],
    [3, 2, 0x20_0000],
    [2, 3, 0x20_0000],
    [3, 3, 0x4000_0000],
  ])("of a level-%s page by a level-%s page covers %s bytes", (first, second, pageSize) => {
    const world = new World().scalable(3n);
    const guest = 0x8_4000_0000n;
    const offset = INPUT & ((1n << BigInt(3 + 9 * first)) - 1n);
    world.mapFirst(INPUT, guest, { leaf: first });
    const guestPage = (guest | offset) & ~((1n << BigInt(3 + 9 * second)) - 1n);
    world.mapSecond(guestPage, 0x9_0000_0000n, { leaf: second });
    const inner = (guest | offset) & ((1n << BigInt(3 + 9 * second)) - 1n);
    expect(world.oracle.translate(read)).toMatchObject({
      status: "ok",
      pageSize,
      address: 0x9_0000_0000n | inner,
    });
  });

  it.each([
    ["RW by RW", RW, R | W, true, true],
    ["RW by R", RW, R, true, false],
    ["R by RW", 0n, R | W, true, false],
  ])("grants what both stages grant: %s", (_name, first, second, canRead, canWrite) => {
    const world = nestedWorld(P | US | first, second);
    expect(world.oracle.translate(read)).toMatchObject({
      permissions: { read: canRead, write: canWrite },
    });
  });

  it("refuses a write for the first stage before it walks the final page", () => {
    const world = nestedWorld(P | US, 0n);
    expect(world.oracle.translate(write)).toMatchObject({ condition: "SGN.6" });
    expect(world.oracle.translate(read)).toMatchObject({ condition: "SSS.2" });
  });

  it("lets a zero-length read through to a write-only final page", () => {
    const world = nestedWorld(P | US, W);
    expect(world.oracle.translate({ ...read, size: 0 })).toMatchObject({ status: "ok" });
    expect(world.oracle.translate(read)).toMatchObject({ condition: "SGN.7" });
  });

  it("has no rights check of first-stage tables against the request: they need be readable only", () => {
    const world = nestedWorld(P | RW | US | FS_A | FS_D);
    for (const entry of world.tables) world.setField(entry, 5, 5, 1n);
    for (const entry of world.tables) {
      world.mapGuestPage((entry & ~0xfffn) - GUEST_BASE, { flags: R });
    }
    expect(world.oracle.translate(write)).toMatchObject({ status: "ok" });
  });
});

describe("flags under nested translation (§3.8.1)", () => {
  it("of the first stage are set in guest memory", () => {
    const world = nestedWorld();
    world.oracle.translate(write);
    expect(world.tables.map((entry) => world.word(entry) & (FS_A | FS_D))).toEqual([
      FS_A,
      FS_A,
      FS_A,
      FS_A | FS_D,
    ]);
  });

  it("of the second stage with SSADE: a page with first-stage entries counts as written", () => {
    const world = nestedWorld();
    world.setPasidField(SSADE, SSADE, 1n);
    const final = world.mapGuestPage(OUTPUT)[3];
    const root = world.mapGuestPage(FIRST_STAGE_ROOT)[3];
    world.oracle.translate(read);
    expect(world.word(root) & (SS_A | SS_D)).toBe(SS_A | SS_D);
    expect(world.word(final) & (SS_A | SS_D)).toBe(SS_A);
    world.oracle.translate(write);
    expect(world.word(final) & (SS_A | SS_D)).toBe(SS_A | SS_D);
  });

  it("with SSADE, a page with first-stage entries must be writable even if no flag is to be set", () => {
    const world = nestedWorld(P | RW | US | FS_A);
    for (const entry of world.tables) world.setField(entry, 5, 5, 1n);
    world.mapGuestPage(((world.tables[3] ?? 0n) - GUEST_BASE) & ~0xfffn, { flags: R });
    expect(world.oracle.translate(read)).toMatchObject({ status: "ok" });
    world.setPasidField(SSADE, SSADE, 1n);
    expect(world.oracle.translate(read)).toMatchObject({ condition: "SFS.7" });
  });

  it("of both leaves stay clear when the final page refuses the request", () => {
    const world = nestedWorld(P | RW | US, R);
    world.setPasidField(SSADE, SSADE, 1n);
    const final = world.mapGuestPage(OUTPUT, { flags: R })[3];
    expect(world.oracle.translate(write)).toMatchObject({ condition: "SGN.6" });
    expect(world.word(world.tables[3]) & (FS_A | FS_D)).toBe(0n);
    expect(world.word(final) & (SS_A | SS_D)).toBe(0n);
  });

  it("of the final page are set after those of the first-stage leaf", () => {
    const world = nestedWorld();
    world.setPasidField(SSADE, SSADE, 1n);
    const final = world.mapGuestPage(OUTPUT)[3] ?? 0n;
    world.memory.failWrites(final);
    expect(world.oracle.translate(write)).toMatchObject({ condition: "SSS.6" });
    expect(world.word(world.tables[3]) & (FS_A | FS_D)).toBe(FS_A | FS_D);
  });

  it("that the second stage forbids to write are SFS.8, also where the tables are not snooped", () => {
    const world = nestedWorld();
    world.mapGuestPage(((world.tables[3] ?? 0n) - GUEST_BASE) & ~0xfffn, { flags: R });
    for (const entry of world.tables.slice(0, 3)) world.setField(entry, 5, 5, 1n);
    world.setPasidField(PWSNP, PWSNP, 0n);
    expect(world.oracle.translate(read)).toMatchObject({ condition: "SFS.8" });
  });

  it("of unsnooped second-stage tables are missing before the first-stage entry is read", () => {
    const world = nestedWorld();
    world.setPasidField(SSADE, SSADE, 1n).setPasidField(PWSNP, PWSNP, 0n);
    expect(world.oracle.translate(read)).toMatchObject({ condition: "SSS.5" });
  });

  it("are looked at again when another agent changes the final entry", () => {
    const world = nestedWorld();
    world.setPasidField(SSADE, SSADE, 1n);
    const final = world.mapGuestPage(OUTPUT)[3] ?? 0n;
    world.memory.beforeExchange = (address) => {
      if (address !== final) return;
      world.memory.beforeExchange = undefined;
      world.memory.write64(final, 0x7000n | R | W | SNP);
    };
    expect(world.oracle.translate(write)).toMatchObject({ address: 0x7000n });
    expect(world.word(final)).toBe(0x7000n | R | W | SNP | SS_A | SS_D);
  });
});
