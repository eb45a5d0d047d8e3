import { describe, expect, it } from "vitest";
import { INTERRUPT_CONDITION_NAMES } from "../../host/oracle/index.js";
import { DESCRIPTOR, InterruptWorld, remappable, SID, TABLE } from "./interrupt-world.js";
import { CFI, IRE, REG, SIRTP, UnitWorld } from "./unit-world.js";

const ASSERTED = 1 << 14;
const COMPATIBILITY = { sourceId: SID, address: 0xfee1_2008n, data: 0x4321 } as const;
const PASSED = {
  status: "ok",
  address: COMPATIBILITY.address,
  data: COMPATIBILITY.data,
  remapped: false,
};

describe("interrupt requests while remapping is disabled (§5.1.4)", () => {
  it("pass as they come, in either format", () => {
    const { unit } = new UnitWorld();
    expect(unit.remapInterrupt(COMPATIBILITY)).toEqual(PASSED);
    const request = { ...COMPATIBILITY, address: remappable(3, true) };
    expect(unit.remapInterrupt(request)).toEqual({ ...PASSED, address: request.address });
  });

  it("are blocked with code 2Bh by a unit that reports IRREQ", () => {
    const { unit } = new UnitWorld({ IRREQ: true });
    expect(unit.remapInterrupt(COMPATIBILITY)).toMatchObject({ reason: 0x2b, completion: "UR" });
  });
});

describe("the interrupt commands (§11.4.4.1)", () => {
  it("enable remapping only after the table pointer was set", () => {
    const world = new UnitWorld();
    world.command(IRE);
    expect(world.status(IRE)).toBe(false);
    world.release(IRE).command(SIRTP).command(IRE);
    expect([IRE, SIRTP].map((bit) => world.status(bit))).toEqual([true, true]);
    expect(world.release(IRE).status(IRE)).toBe(false);
    expect(world.status(SIRTP)).toBe(true);
  });

  it("latch the table: a write to IRTA_REG alone changes nothing", () => {
    const world = new InterruptWorld().remapped(1);
    world.unit.write64(REG.IRTA, 0x9_0000n);
    expect(world.send(1)).toMatchObject({ status: "ok" });
    world.command(SIRTP);
    expect(world.send(1)).toMatchObject({ reason: 0x22 });
  });

  it("do not exist without the capability", () => {
    const world = new UnitWorld({ IR: false, EIM: false, PI: false });
    world.command(SIRTP).command(IRE).command(CFI);
    world.unit.write64(REG.IRTA, TABLE);
    expect([world.unit.read32(REG.GSTS), world.unit.read64(REG.IRTA)]).toEqual([0, 0n]);
  });
});

describe("interrupt requests in compatibility format (§5.1.4)", () => {
  it("pass with CFIS set, and are blocked with code 25h without", () => {
    const open = new InterruptWorld({ compatibility: true });
    expect(open.unit.remapInterrupt(COMPATIBILITY)).toEqual(PASSED);
    const { unit } = new InterruptWorld();
    expect(unit.remapInterrupt(COMPATIBILITY)).toMatchObject({ reason: 0x25 });
  });

  it("are blocked in extended interrupt mode, whatever CFIS says", () => {
    const { unit } = new InterruptWorld({ compatibility: true, extended: true });
    expect(unit.remapInterrupt(COMPATIBILITY)).toMatchObject({ reason: 0x25 });
  });

  it("and in remappable format are blocked with code 2Ah if EIMER is reported and EIME clear", () => {
    const world = new InterruptWorld({ features: { EIMER: true }, compatibility: true }).remapped(
      0,
    );
    expect(world.unit.remapInterrupt(COMPATIBILITY)).toMatchObject({ reason: 0x2a });
    expect(world.send(0)).toMatchObject({ reason: 0x2a });
    const extended = new InterruptWorld({ features: { EIMER: true }, extended: true }).remapped(0);
    expect(extended.send(0)).toMatchObject({ status: "ok", remapped: true });
  });
});

describe("interrupt requests in remappable format (§5.1.3, §9.9)", () => {
  it("become what the entry says; the trigger mode level is asserted", () => {
    const world = new InterruptWorld().remapped(5);
    expect(world.send(5)).toEqual({
      status: "ok",
      address: 0xfee0_7000n,
      data: 0x41 | ASSERTED,
      remapped: true,
    });
    world.set(5, 4, 2, 0b111n).set(5, 7, 5, 1n);
    expect(world.send(5)).toMatchObject({
      address: 0xfee0_700cn,
      data: 0x41 | (1 << 8) | ASSERTED | (1 << 15),
    });
  });

  it.each([2n, 4n, 5n, 7n])(
    "are edge-triggered with delivery mode %d, whatever TM says",
    (mode) => {
      const world = new InterruptWorld().remapped(0).set(0, 4, 4, 1n).set(0, 7, 5, mode);
      expect(world.send(0)).toMatchObject({ data: 0x41 | (Number(mode) << 8) | ASSERTED });
    },
  );

  it("have destinations of 32 bits in extended mode: bits 31:8 in address bits 63:40", () => {
    const world = new InterruptWorld({ extended: true }).remapped(0).set(0, 63, 32, 0x1234_5678n);
    expect(world.send(0)).toMatchObject({ address: 0x1234_5600_fee7_8000n });
  });

  it("find their index in handle, handle 15 and subhandle", () => {
    const world = new InterruptWorld({ size: 15 }).remapped(0x8003).remapped(0x13);
    expect(world.send(0x8003, 0xffff_ffff)).toMatchObject({ status: "ok" });
    const withSubhandle = (data: number) =>
      world.unit.remapInterrupt({ sourceId: SID, address: remappable(0x10, true), data });
    expect(withSubhandle(3)).toMatchObject({ status: "ok" });
    expect(withSubhandle(4)).toMatchObject({ reason: 0x22 });
    expect(withSubhandle(0x1_0003)).toMatchObject({ reason: 0x20 });
    expect(
      world.unit.remapInterrupt({ sourceId: SID, address: remappable(0xffff, true), data: 2 }),
    ).toMatchObject({ reason: 0x21 });
  });

  it("ignore what software may keep in bits 11:8 of the entry", () => {
    const world = new InterruptWorld().remapped(0).set(0, 11, 8, 0xfn);
    expect(world.send(0)).toMatchObject({ status: "ok" });
  });
});

describe("the check of the requester (§9.9)", () => {
  const ALLOWED = 0x1234;
  const world = new InterruptWorld();
  const accepts = (type: bigint, qualifier: bigint, sourceId: number, field = ALLOWED): boolean => {
    world.remapped(0).set(0, 83, 82, type).set(0, 81, 80, qualifier).set(0, 79, 64, BigInt(field));
    const result = world.send(0, 0, sourceId);
    if (result.status === "fault") expect(result.reason).toBe(0x26);
    return result.status === "ok";
  };

  it("is none with SVT 00b", () => {
    expect(accepts(0n, 0n, 0xffff)).toBe(true);
  });

  it.each([
    [0n, 0b000],
    [1n, 0b100],
    [2n, 0b110],
    [3n, 0b111],
  ])("ignores with SVT 01b and SQ %d just the function bits %d", (qualifier, ignored) => {
    for (let bit = 0; bit < 16; bit++) {
      const other = ALLOWED ^ (1 << bit);
      expect(accepts(1n, qualifier, other), `bit ${bit}`).toBe(((ignored >> bit) & 1) === 1);
    }
    expect(accepts(1n, qualifier, ALLOWED)).toBe(true);
  });

  it("takes a range of buses with SVT 10b, both ends included", () => {
    const within = [0x0fff, 0x1000, 0x12ab, 0x20ff, 0x2100].map((id) =>
      accepts(2n, 0n, id, 0x1020),
    );
    expect(within).toEqual([false, true, true, true, false]);
  });
});

interface Provoked {
  readonly condition: string;
  readonly reason: number;
  readonly qualified: boolean;
  readonly title: string;
  /** The index that the record tells; undefined where it is undefined. */
  readonly index?: number;
  readonly provoke: (disabled: boolean) => { world: InterruptWorld; result: unknown };
}

/** Builds entry 2 and sends to it. `disabled` sets FPD. */
function withEntry(
  arrange: (world: InterruptWorld) => void,
  options: ConstructorParameters<typeof InterruptWorld>[0] = {},
): Provoked["provoke"] {
  return (disabled) => {
    const world = new InterruptWorld(options);
    arrange(world);
    if (disabled) world.set(2, 1, 1, 1n);
    return { world, result: world.send(2) };
  };
}

const provoked: Provoked[] = [
  {
    condition: "IR.20",
    reason: 0x20,
    qualified: false,
    title: "data 31:16 set with SHV",
    provoke: () => {
      const world = new InterruptWorld().remapped(2).set(2, 1, 1, 1n);
      const address = remappable(2, true);
      return {
        world,
        result: world.unit.remapInterrupt({ sourceId: SID, address, data: 1 << 16 }),
      };
    },
  },
  {
    condition: "IR.21",
    reason: 0x21,
    qualified: false,
    title: "an index that equals the size of the table",
    index: 16,
    provoke: () => {
      const world = new InterruptWorld().remapped(16).set(16, 1, 1, 1n);
      return { world, result: world.send(16) };
    },
  },
  {
    condition: "IR.21",
    reason: 0x21,
    qualified: false,
    title: "an entry beyond the host address width",
    index: 0x100,
    provoke: () => {
      const world = new InterruptWorld({ size: 15, table: 2n ** 46n - 0x1000n });
      return { world, result: world.send(0x100) };
    },
  },
  {
    condition: "IR.22",
    reason: 0x22,
    qualified: true,
    title: "P=0",
    index: 2,
    provoke: withEntry((world) => world.remapped(2).set(2, 0, 0, 0n)),
  },
  ...[0n, 8n].map((half) => ({
    condition: "IR.23",
    reason: 0x23,
    qualified: false,
    title: `an entry whose word at offset ${half} cannot be read`,
    index: 2,
    provoke: withEntry((world) => world.remapped(2).memory.failReads(world.at(2) + half)),
  })),
  {
    condition: "IR.24",
    reason: 0x24,
    qualified: true,
    title: "a reserved bit",
    index: 2,
    provoke: withEntry((world) => world.remapped(2).set(2, 24, 24, 1n)),
  },
  {
    condition: "IR.25",
    reason: 0x25,
    qualified: false,
    title: "compatibility format",
    provoke: () => {
      const world = new InterruptWorld();
      return { world, result: world.unit.remapInterrupt(COMPATIBILITY) };
    },
  },
  {
    condition: "IR.26",
    reason: 0x26,
    qualified: true,
    title: "another requester",
    index: 2,
    provoke: withEntry((world) => world.remapped(2).set(2, 83, 82, 1n)),
  },
  {
    condition: "IR.27",
    reason: 0x27,
    qualified: true,
    title: "a descriptor that cannot be read",
    index: 2,
    provoke: withEntry((world) => world.posted(2).memory.failReads(DESCRIPTOR)),
  },
  {
    condition: "IR.28",
    reason: 0x28,
    qualified: true,
    title: "a reserved bit in the descriptor",
    index: 2,
    provoke: withEntry((world) => {
      world.posted(2).memory.setField(DESCRIPTOR, 320, 320, 1n);
    }),
  },
  {
    condition: "IR.2A",
    reason: 0x2a,
    qualified: false,
    title: "EIME clear where it is required",
    provoke: withEntry((world) => world.remapped(2), { features: { EIMER: true } }),
  },
  {
    condition: "IR.2B",
    reason: 0x2b,
    qualified: false,
    title: "remapping disabled where it is required",
    provoke: () => {
      const world = new InterruptWorld({ features: { IRREQ: true } }).remapped(2);
      world.release(IRE);
      return { world, result: world.send(2) };
    },
  },
];

describe("§5.1.4.1: interrupt remapping faults", () => {
  it("are all provoked here", () => {
    expect(new Set(provoked.map(({ condition }) => condition))).toEqual(
      new Set(INTERRUPT_CONDITION_NAMES),
    );
  });

  it.each(provoked)("$condition, $title: blocked, and recorded", (scenario) => {
    const { world, result } = scenario.provoke(false);
    const { condition, reason, index } = scenario;
    const fault = { condition, reason, record: "recorded" };
    expect(result).toEqual({ ...fault, status: "fault", completion: "UR" });
    expect(world.record()).toMatchObject({ reason, sourceId: SID, rest: 0n });
    if (index !== undefined) expect(world.record()?.index).toBe(index);
    expect(world.takeOnly("fault")).toMatchObject([{ ...fault, sourceId: SID }]);
  });

  it.each(provoked)("$condition, $title: with FPD recorded only if unqualified", (scenario) => {
    const { world, result } = scenario.provoke(true);
    const { condition, reason, qualified } = scenario;
    const record = qualified ? "suppressed" : "recorded";
    expect(result).toMatchObject({ condition, reason, record, completion: "UR" });
    expect(world.record() === undefined).toBe(qualified);
  });
});

describe("§9.9: reserved bits of an entry in remapped format", () => {
  const always = [12, 13, 14, 24, 31, 84, 95, 96, 127];
  const inXapicMode = [32, 39, 48, 63];

  it.each([...always, ...inXapicMode])("are bit %d with EIME clear", (bit) => {
    const world = new InterruptWorld().remapped(0).set(0, bit, bit, 1n);
    expect(world.send(0)).toMatchObject({ reason: 0x24 });
  });

  it("are not the destination with EIME set", () => {
    for (const bit of inXapicMode) {
      const world = new InterruptWorld({ extended: true }).remapped(0).set(0, bit, bit, 1n);
      expect(world.send(0), `bit ${bit}`).toMatchObject({ status: "ok" });
    }
  });

  it("are checked behind the requester: SVT 11b, delivery modes 011b and 110b, posting without PI", () => {
    const cases: ((world: InterruptWorld) => void)[] = [
      (world) => world.set(0, 83, 82, 3n),
      (world) => world.set(0, 7, 5, 3n),
      (world) => world.set(0, 7, 5, 6n),
    ];
    for (const change of cases) {
      const world = new InterruptWorld().remapped(0);
      change(world);
      expect(world.send(0)).toMatchObject({ reason: 0x24 });
    }
    const without = new InterruptWorld({ features: { PI: false } }).posted(0);
    expect(without.send(0)).toMatchObject({ reason: 0x24 });
    without.set(0, 83, 82, 1n);
    expect(without.send(0)).toMatchObject({ reason: 0x26 });
  });

  it("are not looked at in an entry that is not present", () => {
    const world = new InterruptWorld().remapped(0).set(0, 0, 0, 0n).set(0, 24, 24, 1n);
    expect(world.send(0)).toMatchObject({ reason: 0x22 });
  });
});

describe("what is no interrupt request", () => {
  it("is refused by name", () => {
    const { unit } = new UnitWorld();
    const request = { sourceId: 0, address: 0xfee0_0000n, data: 0 };
    const refusals: [object, string][] = [
      [{ sourceId: 0x1_0000 }, "sourceId 65536"],
      [{ address: 0xfee0_0002n }, "address fee00002h"],
      [{ address: 0xfef0_0000n }, "address fef00000h"],
      [{ data: -1 }, "data -1"],
      [{ data: 2 ** 32 }, "data 4294967296"],
    ];
    for (const [change, words] of refusals) {
      expect(() => unit.remapInterrupt({ ...request, ...change })).toThrow(words);
    }
  });
});
