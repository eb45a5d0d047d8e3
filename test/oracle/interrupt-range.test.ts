import { describe, expect, it } from "vitest";
import { INPUT, OUTPUT } from "./scenarios/scenario.js";
import { ABORT_DMA, PASID, SID, World } from "./world.js";

const FIRST = 0xfee0_0000n;
const LAST_DWORD = 0xfeef_fffcn;
const message = { sourceId: SID, address: FIRST, access: "write", size: 4 } as const;

const disabled = { translationEnabled: false, rootTableAddress: 0n };

describe("untranslated requests without PASID to FEEx_xxxxh (§3.15)", () => {
  it.each([
    ["remapping disabled", () => new World()],
    ["legacy mode", () => new World().legacy()],
    ["scalable mode", () => new World().scalable(1n)],
    ["abort-DMA mode", () => new World().enable(ABORT_DMA)],
  ])("are interrupt messages if they write an aligned DWORD, with %s", (_mode, make) => {
    const { oracle } = make();
    for (const address of [FIRST, LAST_DWORD]) {
      expect(oracle.translate({ ...message, address })).toEqual({ status: "interrupt", address });
    }
    expect(oracle.steps).toEqual([]);
  });

  it.each([
    ["a write of 8 bytes", { size: 8 }],
    ["a write of 2 bytes", { size: 2 }],
    ["an unaligned write", { address: FIRST + 2n }],
    ["a read", { access: "read" }],
    ["an AtomicOp", { access: "atomic" }],
    ["a write of the last byte", { address: 0xfeef_ffffn, size: 1 }],
  ] as const)("fault with code 29h if they are %s", (_name, change) => {
    const world = new World().scalable(4n);
    expect(world.oracle.translate({ ...message, ...change })).toMatchObject({
      condition: "IR.29",
      reason: 0x29,
      completion: "UR",
      record: "recorded",
    });
  });

  it("complete without translation if they are zero-length reads", () => {
    const { oracle } = new World().scalable(1n);
    const read = { ...message, access: "read", size: 0 } as const;
    expect(oracle.translate(read)).toMatchObject({ status: "ok", address: FIRST });
    expect(oracle.steps).toEqual([]);
  });

  it("fault also with interrupt remapping alone, and pass with nothing enabled", () => {
    const { oracle } = new World();
    const read = { ...message, access: "read" } as const;
    expect(oracle.translate(read)).toMatchObject({ status: "ok", address: FIRST });
    oracle.state = { ...disabled, interruptRemappingEnabled: true };
    expect(oracle.translate(read)).toMatchObject({ condition: "IR.29" });
  });

  it("are any other requests just outside of the range", () => {
    const { oracle } = new World().scalable(4n);
    for (const address of [FIRST - 4n, LAST_DWORD + 4n]) {
      expect(oracle.translate({ ...message, address })).toMatchObject({ status: "ok", address });
    }
    const above4GiB = { ...message, address: FIRST | (1n << 32n) };
    expect(oracle.translate(above4GiB)).toMatchObject({ status: "ok" });
  });
});

describe("requests with PASID to FEEx_xxxxh (§3.15)", () => {
  it("are translated like any other", () => {
    const world = new World().scalable(1n);
    world.mapFirst(FIRST, OUTPUT);
    expect(world.oracle.translate({ ...message, pasid: PASID })).toMatchObject({ address: OUTPUT });
  });

  it("are requests without PASID for a unit with remapping disabled, which ignores the prefix (§3.1)", () => {
    const { oracle } = new World();
    expect(oracle.translate({ ...message, pasid: PASID })).toMatchObject({ status: "interrupt" });
    oracle.state = { ...disabled, interruptRemappingEnabled: true };
    const read = { ...message, pasid: PASID, access: "read" } as const;
    expect(oracle.translate(read)).toMatchObject({
      condition: "IR.29",
      fields: { pasidPresent: false, pasid: 0 },
    });
  });
});

describe("remapping disabled", () => {
  it("lets untranslated requests pass with all permissions, with PASID or without", () => {
    const { oracle } = new World();
    for (const pasid of [undefined, PASID]) {
      const request = { sourceId: SID, pasid, address: INPUT + 5n, access: "write" } as const;
      expect(oracle.translate(request)).toEqual({
        status: "ok",
        address: INPUT + 5n,
        pageSize: 4096,
        permissions: { read: true, write: true },
      });
    }
  });
});
