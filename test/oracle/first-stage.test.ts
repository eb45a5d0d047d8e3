import { describe, expect, it } from "vitest";
import { INPUT, OUTPUT } from "./scenarios/scenario.js";
import { EA, FS_A, FS_D, P, PASID, RW, SCALABLE_CONTEXT, SID, US, World } from "./world.js";

const request = { sourceId: SID, pasid: PASID, address: INPUT, access: "read" } as const;
const SRE = 128;
const WPE = 132;
const EAFE = 135;
const PWSNP = 87;

describe("first-stage translation (§3.6)", () => {
  it.each([
    ["4 KiB", 1, 4096],
    ["2 MiB", 2, 0x20_0000],
    ["1 GiB", 3, 0x4000_0000],
  ])("maps a %s page", (_name, leaf, pageSize) => {
    const world = new World().scalable(1n);
    const target = leaf === 1 ? OUTPUT : 0x8_4000_0000n;
    world.mapFirst(INPUT, target, { leaf });
    expect(world.oracle.translate({ ...request, address: INPUT + 0x123n })).toEqual({
      status: "ok",
      address: target | ((INPUT + 0x123n) % BigInt(pageSize)),
      pageSize,
      permissions: { read: true, write: true },
    });
  });

  it.each([
    [0n, 4, 0xffff_8000_0000_0000n],
    [1n, 5, 0xff00_0000_0000_0000n],
  ])(
    "walks FSPM=%s as %s levels, and takes canonical addresses of the upper half",
    (fspm, levels, upper) => {
      const world = new World().scalable(1n).setPasidField(131, 130, fspm);
      const address = upper | INPUT;
      const entries = world.mapFirst(address, OUTPUT, { levels });
      expect(world.oracle.translate({ ...request, address })).toMatchObject({ address: OUTPUT });
      expect(world.oracle.steps.slice(4).map((step) => step.address)).toEqual(entries);
    },
  );

  it("takes PAT of a large page for no address bit", () => {
    const world = new World().scalable(1n);
    world.mapFirst(INPUT, 0x4000_0000n | (1n << 12n), { leaf: 2 });
    expect(world.oracle.translate(request)).toMatchObject({
      address: 0x4000_0000n | (INPUT & 0x1f_ffffn),
    });
  });

  it("ignores execute-disable, global and the other ignored bits", () => {
    const world = new World().scalable(1n);
    const ignored = (0xfffn << 52n) | 0xf18n;
    world.mapFirst(INPUT, OUTPUT, {
      flags: P | RW | US | ignored | (1n << 7n),
      tableFlags: P | RW | US | ignored | (1n << 6n),
    });
    expect(world.oracle.translate(request)).toMatchObject({ address: OUTPUT });
  });

  it("finds a missing entry below a supervisor's table not present, for rights are judged at the leaf", () => {
    const world = new World().scalable(1n);
    world.mapFirst(INPUT, OUTPUT, { flags: 0n, tableFlags: P | RW });
    expect(world.oracle.translate(request)).toMatchObject({ condition: "SFS.2" });
  });
});

describe("first-stage access rights (§3.6.1)", () => {
  interface Case {
    flags: bigint;
    supervisor: boolean;
    writeProtect: boolean;
    read: string;
    write: string;
  }
  const cases: readonly Case[] = [
    { flags: US | RW, supervisor: false, writeProtect: false, read: "ok", write: "ok" },
    { flags: US, supervisor: false, writeProtect: false, read: "ok", write: "SGN.6" },
    { flags: RW, supervisor: false, writeProtect: false, read: "SGN.2", write: "SGN.2" },
    { flags: 0n, supervisor: false, writeProtect: true, read: "SGN.2", write: "SGN.2" },
    { flags: 0n, supervisor: true, writeProtect: false, read: "ok", write: "ok" },
    { flags: US, supervisor: true, writeProtect: false, read: "ok", write: "ok" },
    { flags: 0n, supervisor: true, writeProtect: true, read: "ok", write: "SGN.6" },
    { flags: RW, supervisor: true, writeProtect: true, read: "ok", write: "ok" },
  ];
  it.each(cases)(
    "U/S and R/W $flags, supervisor $supervisor, WPE $writeProtect: read $read, write $write",
    ({ flags, supervisor, writeProtect, read, write }) => {
      for (const place of ["leaf", "table"]) {
        for (const [access, expected] of [
          ["read", read],
          ["write", write],
          ["atomic", write],
        ] as const) {
          const world = new World().scalable(1n).setPasidField(SRE, SRE, 1n);
          world.setPasidField(WPE, WPE, writeProtect ? 1n : 0n);
          world.mapFirst(INPUT, OUTPUT, {
            flags: place === "leaf" ? P | flags : P | US | RW,
            tableFlags: place === "table" ? P | flags : P | US | RW,
          });
          const result = world.oracle.translate({ ...request, access, privileged: supervisor });
          expect(result.status === "fault" ? result.condition : result.status).toBe(expected);
        }
      }
    },
  );

  it("come from RID_PRIV for a request without PASID, whose own privilege counts for nothing", () => {
    const world = new World().scalable(1n).setPasidField(SRE, SRE, 1n);
    world.mapFirst(INPUT, OUTPUT, { flags: P | RW });
    const plain = { ...request, pasid: undefined, privileged: true };
    expect(world.oracle.translate(plain)).toMatchObject({ condition: "SGN.2" });
    world.setField(SCALABLE_CONTEXT, 84, 84, 1n);
    expect(world.oracle.translate({ ...plain, privileged: false })).toMatchObject({ status: "ok" });
  });

  it("reports what the privilege of the request may do", () => {
    const world = new World().scalable(1n).setPasidField(SRE, SRE, 1n);
    world.mapFirst(INPUT, OUTPUT, { flags: P | US });
    const user = world.oracle.translate(request);
    const supervisor = world.oracle.translate({ ...request, privileged: true });
    expect(user).toMatchObject({ permissions: { read: true, write: false } });
    expect(supervisor).toMatchObject({ permissions: { read: true, write: true } });
  });
});

describe("accessed, extended-accessed and dirty flags of the first stage (§3.6.2)", () => {
  it.each([
    ["a read", "read", 0n, FS_A, FS_A],
    ["a write", "write", 0n, FS_A, FS_A | FS_D],
    ["an AtomicOp with EAFE", "atomic", 1n, FS_A | EA, FS_A | FS_D | EA],
    ["a read with EAFE", "read", 1n, FS_A | EA, FS_A | EA],
  ] as const)("are set by %s", (_name, access, eafe, inTables, inLeaf) => {
    const world = new World().scalable(1n).setPasidField(EAFE, EAFE, eafe);
    const entries = world.mapFirst(INPUT, OUTPUT);
    const before = entries.map((entry) => world.word(entry));
    world.oracle.translate({ ...request, access });
    expect(entries.map((entry) => world.word(entry))).toEqual(
      before.map((word, index) => word | (index === 3 ? inLeaf : inTables)),
    );
  });

  it("stay clear in a leaf that refuses the request, and are set above it", () => {
    const world = new World().scalable(1n);
    const entries = world.mapFirst(INPUT, OUTPUT, { flags: P | US });
    world.oracle.translate({ ...request, access: "write" });
    expect(entries.map((entry) => world.word(entry) & (FS_A | FS_D))).toEqual([
      FS_A,
      FS_A,
      FS_A,
      0n,
    ]);
  });

  it("stay clear in an entry with reserved bits", () => {
    const world = new World().scalable(1n);
    const entries = world.mapFirst(INPUT, OUTPUT);
    world.setField(entries[1] ?? 0n, 46, 46, 1n);
    world.oracle.translate(request);
    expect(entries.map((entry) => world.word(entry) & FS_A)).toEqual([FS_A, 0n, 0n, 0n]);
  });

  it("must be set beforehand in unsnooped tables: A for a read, D for a write, EA with EAFE", () => {
    const world = new World().scalable(1n).setPasidField(PWSNP, PWSNP, 0n);
    const flags = P | RW | US | FS_A;
    world.mapFirst(INPUT, OUTPUT, { flags, tableFlags: flags });
    expect(world.oracle.translate(request)).toMatchObject({ status: "ok" });
    const write = { ...request, access: "write" } as const;
    expect(world.oracle.translate(write)).toMatchObject({ condition: "SFS.9" });
    world.setPasidField(EAFE, EAFE, 1n);
    expect(world.oracle.translate(request)).toMatchObject({ condition: "SFS.9" });
  });

  it("cannot be set by a unit without SMPWCS", () => {
    const world = new World({ SMPWCS: false, SSADS: false, EAFS: false }).scalable(1n);
    world.setPasidField(PWSNP, PWSNP, 0n);
    world.mapFirst(INPUT, OUTPUT);
    expect(world.oracle.translate(request)).toMatchObject({ condition: "SFS.9" });
  });

  it("are written in one step, after which an entry that changed meanwhile is looked at again", () => {
    const world = new World().scalable(1n);
    const leaf = world.mapFirst(INPUT, OUTPUT)[3] ?? 0n;
    world.memory.beforeExchange = (address) => {
      if (address !== leaf) return;
      world.memory.beforeExchange = undefined;
      world.memory.write64(leaf, (OUTPUT + 0x5000n) | P | RW | US);
    };
    expect(world.oracle.translate(request)).toMatchObject({ address: OUTPUT + 0x5000n });
    expect(world.word(leaf)).toBe((OUTPUT + 0x5000n) | P | RW | US | FS_A);
  });

  it("are not written to an entry that was taken away meanwhile", () => {
    const world = new World().scalable(1n);
    const leaf = world.mapFirst(INPUT, OUTPUT)[3] ?? 0n;
    world.memory.beforeExchange = (address) => {
      if (address === leaf) world.memory.write64(leaf, 0n);
    };
    expect(world.oracle.translate(request)).toMatchObject({ condition: "SFS.2" });
    expect(world.word(leaf)).toBe(0n);
  });
});
