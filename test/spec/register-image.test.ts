import { describe, expect, it } from "vitest";
import { resolveCapabilities } from "../../host/core/capabilities.js";
import { registerImage, type RegisterImage } from "../../host/core/register-image.js";
import { presetNames } from "../../host/spec/presets.js";

const full = registerImage(resolveCapabilities({ preset: "full" }));
const legacy = registerImage(resolveCapabilities({ preset: "legacy" }));

function dword(image: RegisterImage, offset: number) {
  const at = (words: Uint32Array) => words[offset >> 2];
  return {
    readWrite: at(image.readWrite),
    writeOneToClear: at(image.writeOneToClear),
    writeOnly: at(image.writeOnly),
    reset: at(image.reset),
    sticky: at(image.sticky),
    width: at(image.width),
  };
}

const nothing = { readWrite: 0, writeOneToClear: 0, writeOnly: 0, reset: 0, sticky: 0 };
const reserved = { ...nothing, width: 0 };

describe("values after reset (§11.4)", () => {
  it.each(presetNames)("VER, CAP and ECAP are those of %s, and read-only", (preset) => {
    const { version, cap, ecap } = resolveCapabilities({ preset });
    const image = registerImage({ version, cap, ecap });
    expect(dword(image, 0x00)).toEqual({ ...nothing, reset: version, width: 4 });
    expect(dword(image, 0x08)).toEqual({ ...nothing, reset: Number(cap & 0xffffffffn), width: 8 });
    expect(dword(image, 0x0c)).toEqual({ ...nothing, reset: Number(cap >> 32n), width: 8 });
    expect(dword(image, 0x10)).toEqual({ ...nothing, reset: Number(ecap & 0xffffffffn), width: 8 });
    expect(dword(image, 0x14)).toEqual({ ...nothing, reset: Number(ecap >> 32n), width: 8 });
  });

  it("event interrupts are masked; everything else but the capabilities is 0", () => {
    const notZero = [...full.reset.entries()].filter(([, value]) => value !== 0);
    expect(notZero.map(([index]) => index * 4)).toEqual([
      0x00, 0x08, 0x0c, 0x10, 0x14, 0x38, 0xa0, 0xe0, 0x300, 0x304, 0x310, 0x314, 0x318, 0x31c,
      0x328, 0x380, 0x388, 0x390, 0x398, 0x3a0, 0x44c,
    ]);
    for (const offset of [0x38, 0xa0, 0xe0, 0x328]) {
      expect(full.reset[offset >> 2]).toBe(0x80000000);
    }
  });
});

describe("access attributes (§11.3)", () => {
  it.each([
    [0x18, "GCMD is write-only", { writeOnly: 0xc7800000, width: 4 }],
    [0x1c, "GSTS is read-only", { width: 4 }],
    [0x20, "RTADDR has TTM and SSIRWE", { readWrite: 0xfffffc80, width: 8 }],
    [0x24, "RTADDR has an address of 64 bits", { readWrite: 0xffffffff, width: 8 }],
    [0x28, "CCMD: SID is write-only", { readWrite: 0xffff, writeOnly: 0xffff0000, width: 8 }],
    [0x2c, "CCMD: ICC and CIRG are read-write", { readWrite: 0xe0000000, writeOnly: 3, width: 8 }],
    [0x34, "FSTS: errors are cleared by 1", { writeOneToClear: 0x71, sticky: 0xff73, width: 4 }],
    [0x38, "FECTL: IP is read-only", { readWrite: 0x80000000, reset: 0x80000000, width: 4 }],
    [0x3c, "FEDATA has 16 bits", { readWrite: 0xffff, width: 4 }],
    [0x40, "FEADDR is a multiple of 4", { readWrite: 0xfffffffc, width: 4 }],
    [0x44, "FEUADDR has 32 bits", { readWrite: 0xffffffff, width: 4 }],
    [0x80, "IQH is read-only", { width: 8 }],
    [0x88, "IQT has bits 18:4", { readWrite: 0x7fff0, width: 8 }],
    [0x90, "IQA has base, DW and QS", { readWrite: 0xfffff807, width: 8 }],
    [0x9c, "ICS is cleared by 1", { writeOneToClear: 1, sticky: 1, width: 4 }],
    [0xb0, "IQERCD is sticky", { sticky: 0xf, width: 8 }],
    [0xb4, "IQERCD has two source-ids", { sticky: 0xffffffff, width: 8 }],
    [0xc0, "PQH has bits 18:5", { readWrite: 0x7ffe0, width: 8 }],
    [0xc8, "PQT has bits 18:5", { readWrite: 0x7ffe0, width: 8 }],
    [0xd0, "PQA has base and PQS", { readWrite: 0xfffff007, width: 8 }],
    [0xdc, "PRS is cleared by 1", { writeOneToClear: 3, sticky: 3, width: 4 }],
    [0xf0, "IVA is write-only", { writeOnly: 0xfffff07f, width: 8 }],
    [0xfc, "IOTLB: IAIG is read-only", { readWrite: 0xb003ffff, width: 8 }],
    [0x220, "FRCD: the address is sticky", { sticky: 0xfffff000, width: 16 }],
    [0x228, "FRCD: the source-id is sticky", { sticky: 0xf000ffff, width: 16 }],
    [
      0x22c,
      "FRCD: F is cleared by 1",
      { writeOneToClear: 0x80000000, sticky: 0xffffffff, width: 16 },
    ],
    [0x324, "PERFINTRSTS is cleared by 1", { writeOneToClear: 1, width: 4 }],
    [0x400, "ECMD is write-only", { writeOnly: 0xffff00ff, width: 8 }],
    [0x1000, "PERFCNTRCFG: EN is read-only", { readWrite: 0xf06, width: 8 }],
    [0x1004, "PERFCNTRCFG: 28 events", { readWrite: 0x0fffffff, width: 8 }],
    [0x1114, "PERFATFLT: three address types", { readWrite: 0x80000007, width: 4 }],
    [0x1718, "PERFPTLFLT: five levels", { readWrite: 0x8000001f, width: 4 }],
    [0x1800, "PERFFRZSTS is read-only", { width: 8 }],
    [0x1808, "PERFOVFSTS is cleared by 1", { writeOneToClear: 0xffffffff, width: 8 }],
    [0x2404, "PERFCNTR has 48 bits", { readWrite: 0xffff, width: 8 }],
  ])("at offset %i: %s", (offset, _, expected) => {
    expect(dword(full, offset)).toEqual({ ...nothing, ...expected });
  });

  it("no bit has two attributes that contradict each other", () => {
    for (let index = 0; index < full.width.length; index++) {
      const [rw, w1c, wo] = [full.readWrite, full.writeOneToClear, full.writeOnly].map(
        (words) => words[index]!,
      );
      expect([rw! & w1c!, rw! & wo!, w1c! & wo!]).toEqual([0, 0, 0]);
    }
  });
});

describe("registers that need a capability", () => {
  it.each([0x64, 0x68, 0x70, 0x100, 0x1008, 0x100c, 0x1010, 0x1080, 0xe00])(
    "are reserved without it: offset %i",
    (offset) => {
      expect(dword(full, offset)).toEqual(reserved);
    },
  );

  it("a unit without interrupt remapping has no IRTA, without EIM no upper addresses of events", () => {
    expect(dword(legacy, 0xb8)).toEqual(reserved);
    expect(dword(legacy, 0x44)).toEqual({ ...nothing, width: 4 });
  });

  it("a unit without performance monitoring has one page, and nothing of it", () => {
    expect([legacy.reset.length, full.reset.length]).toEqual([1024, 4096]);
    for (let offset = 0x300; offset < 0x450; offset += 4) {
      expect(dword(legacy, offset)).toEqual(reserved);
    }
  });

  it("a unit without page requests has no page request queue", () => {
    for (let offset = 0xc0; offset < 0xf0; offset += 4) {
      expect(dword(legacy, offset)).toEqual(reserved);
    }
  });

  it("a unit without queued invalidation has no queue, and no status for it (§11.4.7.1)", () => {
    const { version, cap, ecap } = resolveCapabilities({
      preset: "legacy",
      capabilities: { QI: 0, DT: 0 },
    });
    const image = registerImage({ version, cap, ecap });
    expect(dword(image, 0x90)).toEqual(reserved);
    expect(dword(image, 0x34)).toMatchObject({ writeOneToClear: 1 });
    expect(dword(image, 0x18)).toMatchObject({ writeOnly: 0xc0000000 });
  });

  it("fault records have no PASID without ECAP.PASID, no address type without ECAP.DT", () => {
    expect(dword(legacy, 0x22c)).toMatchObject({ sticky: 0xf00000ff });
    expect(dword(legacy, 0x228)).toMatchObject({ sticky: 0x1000ffff });
  });
});

describe("placed registers", () => {
  it("there is one fault record more than CAP.NFR says", () => {
    expect(full.width[0x290 >> 2]).toBe(16);
    expect(full.width[0x2a0 >> 2]).toBe(0);
    expect(legacy.width[0x220 >> 2]).toBe(16);
    expect(legacy.width[0x230 >> 2]).toBe(0);
  });

  it("move with FRO and IRO", () => {
    const capabilities = { FRO: 0x80, IRO: 0x40, PMS: 0, ECMDS: 0 };
    const { version, cap, ecap } = resolveCapabilities({ preset: "full", capabilities });
    const image = registerImage({ version, cap, ecap });
    expect(image.width[0x220 >> 2]).toBe(0);
    expect(image.width[0xf0 >> 2]).toBe(0);
    expect(image.width[0x800 >> 2]).toBe(16);
    expect(dword(image, 0x400)).toMatchObject({ writeOnly: 0xfffff07f, width: 8 });
  });
});
