import { describe, expect, it } from "vitest";
import { INPUT, OUTPUT } from "./scenarios/scenario.js";
import {
  IR,
  IW,
  LEGACY_CONTEXT,
  PASID,
  R,
  SCALABLE,
  SID,
  SNP,
  SSIRWE,
  SS_A,
  SS_D,
  W,
  World,
} from "./world.js";

const TWO_MIB = 0x20_0000;
const ONE_GIB = 0x4000_0000;
const RW_PERMISSIONS = { read: true, write: true };

const read = (address: bigint) => ({ sourceId: SID, address, access: "read" }) as const;
const write = (address: bigint) => ({ sourceId: SID, address, access: "write" }) as const;

describe("second-stage translation in legacy mode (§3.7)", () => {
  it("keeps the offset in a 4 KiB page", () => {
    const world = new World().legacy();
    world.mapSecond(INPUT, OUTPUT);
    expect(world.oracle.translate(read(INPUT + 0x678n))).toEqual({
      status: "ok",
      address: OUTPUT + 0x678n,
      pageSize: 4096,
      permissions: RW_PERMISSIONS,
    });
  });

  it.each([
    [1n, 3, 1n << 38n],
    [2n, 4, 1n << 47n],
    [3n, 5, 1n << 56n],
  ])("walks AW=%s as %s levels", (aw, levels, highest) => {
    const world = new World().legacy();
    world.setField(LEGACY_CONTEXT, 66, 64, aw);
    const input = INPUT | highest;
    const entries = world.mapSecond(input, OUTPUT, { levels });
    expect(world.oracle.translate(read(input))).toMatchObject({ status: "ok", address: OUTPUT });
    expect(world.oracle.steps.slice(2).map(({ level, address }) => [level, address])).toEqual(
      entries.map((entry, index) => [levels - index, entry]),
    );
  });

  it.each([
    ["2 MiB", 2, TWO_MIB],
    ["1 GiB", 3, ONE_GIB],
  ])("maps a %s page from an entry with PS=1", (_name, leaf, pageSize) => {
    const world = new World().legacy();
    world.mapSecond(INPUT, 0x8_4000_0000n, { leaf });
    expect(world.oracle.translate(read(INPUT + 8n))).toMatchObject({
      address: 0x8_4000_0000n | ((INPUT + 8n) % BigInt(pageSize)),
      pageSize,
    });
  });

  it("ignores PS in the last level, and the bits that the manual says are ignored", () => {
    const world = new World().legacy();
    const ignored = (1n << 63n) | (1n << 61n) | (0x1ffn << 52n) | 0x6fcn;
    world.mapSecond(INPUT, OUTPUT, {
      flags: R | W | ignored | (1n << 7n),
      tableFlags: R | W | (ignored & ~(1n << 7n)),
    });
    expect(world.oracle.translate(read(INPUT))).toMatchObject({ address: OUTPUT });
  });

  it("does not check the reserved bits of an entry that is not present", () => {
    const world = new World().legacy();
    world.mapSecond(INPUT, OUTPUT, { flags: 1n << 51n });
    expect(world.oracle.translate(read(INPUT))).toMatchObject({ condition: "LGN.3" });
  });

  it("sets no flags", () => {
    const world = new World().legacy();
    world.mapSecond(INPUT, OUTPUT);
    const before = world.memory.snapshot();
    world.oracle.translate(write(INPUT));
    expect(world.memory.snapshot()).toEqual(before);
  });

  it("reports the cumulative permissions of all levels", () => {
    const world = new World().legacy();
    world.mapSecond(INPUT, OUTPUT, { flags: R | W, tableFlags: R });
    expect(world.oracle.translate(read(INPUT))).toMatchObject({
      permissions: { read: true, write: false },
    });
  });

  it("reports an AtomicOp on a write-only page as lack of read permission", () => {
    const world = new World().legacy();
    world.mapSecond(INPUT, OUTPUT, { flags: W });
    expect(world.oracle.translate({ ...read(INPUT), access: "atomic" })).toMatchObject({
      condition: "LGN.3",
    });
  });

  it("accepts an address just below the limit of the table, and MGAW limits it further", () => {
    const highest = (1n << 48n) - 0x1000n;
    const world = new World().legacy();
    world.mapSecond(highest, OUTPUT);
    expect(world.oracle.translate(read(highest))).toMatchObject({ status: "ok" });
    const narrow = new World({ MGAW: 47 }).legacy();
    narrow.mapSecond(highest, OUTPUT);
    expect(narrow.oracle.translate(read(highest))).toMatchObject({ condition: "LGN.1.1" });
  });
});

describe("pass-through in legacy mode (§3.9)", () => {
  it.each([
    [{}, ONE_GIB],
    [{ FS1GP: false }, ONE_GIB],
    [{ SSLPS: 0 }, ONE_GIB],
    [{ FS1GP: false, SSLPS: 0 }, TWO_MIB],
    [{ SSLPS: 1, FS1GP: false, FSTS: false, NEST: false, EAFS: false }, TWO_MIB],
    [{ FS1GP: false, SSLPS: 1 }, TWO_MIB],
    [{ SSLPS: 0, FS1GP: false, FSTS: false, NEST: false, EAFS: false }, 4096],
  ])("gives back the input address: with %j, pages of %s bytes", (features, pageSize) => {
    const world = new World(features).legacy(2n);
    expect(world.oracle.translate(write(OUTPUT + 4n))).toEqual({
      status: "ok",
      address: OUTPUT + 4n,
      pageSize,
      permissions: RW_PERMISSIONS,
    });
  });

  it("ignores the second-stage pointer, even where it has bits beyond the host address width", () => {
    const world = new World().legacy(2n).setField(LEGACY_CONTEXT, 63, 12, (1n << 52n) - 1n);
    expect(world.oracle.translate(write(OUTPUT))).toMatchObject({ status: "ok" });
  });

  it("does not insist that AW be the largest width", () => {
    const world = new World().legacy(2n).setField(LEGACY_CONTEXT, 66, 64, 1n);
    expect(world.oracle.translate(write(OUTPUT))).toMatchObject({ status: "ok" });
  });
});

describe("zero-length reads (§3.14)", () => {
  const zeroLengthRead = { ...read(INPUT), size: 0 } as const;

  it.each([
    ["legacy mode", (world: World) => world.legacy(), "LGN.3"],
    ["scalable mode", (world: World) => world.scalable(2n), "SGN.7"],
  ] as const)(
    "of a write-only page pass in %s if the unit reports ZLR",
    (_mode, enable, otherwise) => {
      for (const ZLR of [true, false]) {
        const world = enable(new World({ ZLR }));
        world.mapSecond(INPUT, OUTPUT, { flags: W });
        expect(world.oracle.translate(zeroLengthRead)).toMatchObject(
          ZLR
            ? { status: "ok", permissions: { read: false, write: true } }
            : { condition: otherwise },
        );
      }
    },
  );

  it("of a page without any permission fault", () => {
    const world = new World().legacy();
    expect(world.oracle.translate(zeroLengthRead)).toMatchObject({ condition: "LGN.3" });
  });

  it("set no dirty flag", () => {
    const world = new World().scalable(2n).setPasidField(9, 9, 1n);
    const leaf = world.mapSecond(INPUT, OUTPUT, { flags: W })[3];
    world.oracle.translate(zeroLengthRead);
    expect(world.word(leaf) & (SS_A | SS_D)).toBe(SS_A);
  });
});

describe("accessed and dirty flags of the second stage (§3.7.2)", () => {
  it("are left alone without SSADE", () => {
    const world = new World().scalable(2n);
    world.mapSecond(INPUT, OUTPUT);
    const before = world.memory.snapshot();
    world.oracle.translate(write(INPUT));
    expect(world.memory.snapshot()).toEqual(before);
  });

  it.each([
    ["a read", "read", SS_A],
    ["a write", "write", SS_A | SS_D],
    ["an AtomicOp", "atomic", SS_A | SS_D],
  ] as const)("with SSADE, %s sets them on the way and in the leaf", (_name, access, inLeaf) => {
    const world = new World().scalable(2n).setPasidField(9, 9, 1n);
    const entries = world.mapSecond(INPUT, OUTPUT);
    const before = entries.map((entry) => world.word(entry));
    expect(world.oracle.translate({ ...read(INPUT), access })).toMatchObject({ status: "ok" });
    expect(entries.map((entry) => world.word(entry))).toEqual(
      before.map((word, index) => word | (index === 3 ? inLeaf : SS_A)),
    );
  });

  it("stay clear in a leaf that refuses the request, and are set above it", () => {
    const world = new World().scalable(2n).setPasidField(9, 9, 1n);
    const entries = world.mapSecond(INPUT, OUTPUT, { flags: R });
    expect(world.oracle.translate(write(INPUT))).toMatchObject({ condition: "SGN.6" });
    expect(entries.map((entry) => world.word(entry) & (SS_A | SS_D))).toEqual([
      SS_A,
      SS_A,
      SS_A,
      0n,
    ]);
  });

  it("stay clear in a leaf that leads into the interrupt address range", () => {
    const world = new World().scalable(2n).setPasidField(9, 9, 1n);
    const leaf = world.mapSecond(INPUT, 0xfee0_0000n)[3];
    expect(world.oracle.translate(write(INPUT))).toMatchObject({ condition: "SGN.8.1" });
    expect(world.word(leaf) & (SS_A | SS_D)).toBe(0n);
  });

  it("need no write when they are set already, so that unsnooped tables do", () => {
    const world = new World().scalable(2n).setPasidField(9, 9, 1n).setPasidField(87, 87, 0n);
    const flags = R | W | SS_A;
    world.mapSecond(INPUT, OUTPUT, { flags, tableFlags: flags });
    expect(world.oracle.translate(read(INPUT))).toMatchObject({ status: "ok" });
    expect(world.oracle.translate(write(INPUT))).toMatchObject({ condition: "SSS.5" });
  });

  it("are checked for after the rights: a refused write in unsnooped tables is SGN.6", () => {
    const world = new World().scalable(2n).setPasidField(9, 9, 1n).setPasidField(87, 87, 0n);
    world.mapSecond(INPUT, OUTPUT, { flags: R, tableFlags: R | W | SS_A });
    expect(world.oracle.translate(write(INPUT))).toMatchObject({ condition: "SGN.6" });
  });
});

describe("I/O permissions of the second stage (§11.4.5, SSIRWE)", () => {
  it("take the place of R and W, which then do not matter", () => {
    const world = new World().scalable(2n).enable(SCALABLE | SSIRWE);
    world.mapSecond(INPUT, OUTPUT, { flags: IR | W, tableFlags: IR | IW });
    expect(world.oracle.translate(read(INPUT))).toMatchObject({
      permissions: { read: true, write: false },
    });
    expect(world.oracle.translate(write(INPUT))).toMatchObject({ condition: "SGN.6" });
  });

  it("are ignored by a unit without SSIRWS, which finds bit 62 reserved", () => {
    const world = new World({ SSIRWS: false }).scalable(2n).enable(SCALABLE | SSIRWE);
    world.mapSecond(INPUT, OUTPUT, { flags: R | IR });
    expect(world.oracle.translate(read(INPUT))).toMatchObject({ status: "ok" });
    world.mapSecond(INPUT, OUTPUT, { flags: R | IW });
    expect(world.oracle.translate(read(INPUT))).toMatchObject({ condition: "SSS.3" });
  });

  it("do not turn legacy mode into an error for a unit without SSIRWS", () => {
    const world = new World({ SSIRWS: false }).legacy().enable(SSIRWE);
    world.mapSecond(INPUT, OUTPUT);
    expect(world.oracle.translate(read(INPUT))).toMatchObject({ status: "ok" });
  });
});

describe("the second stage in scalable mode (§3.7)", () => {
  it("translates requests with PASID and without through their own PASID-table entries", () => {
    const world = new World().scalable(2n);
    world.mapSecond(INPUT, OUTPUT, { flags: R | W | SNP });
    for (const pasid of [undefined, PASID]) {
      expect(world.oracle.translate({ ...write(INPUT), pasid })).toMatchObject({
        status: "ok",
        address: OUTPUT,
      });
    }
  });

  it("does not care for privilege, once SRE allows it", () => {
    const world = new World().scalable(2n).setPasidField(128, 128, 1n);
    world.mapSecond(INPUT, OUTPUT, { flags: R });
    const request = { ...write(INPUT), pasid: PASID, privileged: true };
    expect(world.oracle.translate(request)).toMatchObject({ condition: "SGN.6" });
  });
});
