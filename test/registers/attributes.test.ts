import { describe, expect, it } from "vitest";
import { resolveCapabilities } from "../../host/core/capabilities.js";
import { GuestMemory, Iommu } from "../../host/index.js";
import { presetNames } from "../../host/spec/presets.js";
import {
  differences,
  dump,
  dwordsOf,
  fieldMask,
  readRegister,
  registerModels,
  registersAfterReset,
  sizesOf,
  writeRegister,
  type RegisterModel,
} from "./register-model.js";

/** Bits that start a command when software sets them: the tests of the commands have them. */
const triggers: Readonly<Record<string, string>> = { CCMD: "ICC", IOTLB: "IVT" };

/** The commands that every write submits. */
const isPassive = ({ mnemonic }: RegisterModel) => mnemonic !== "GCMD" && mnemonic !== "ECMD";

const ALL_ONES = (1n << 128n) - 1n;
const CHECKERED = 0x5555_5555_5555_5555_5555_5555_5555_5555n;
const PATTERNS = [ALL_ONES, CHECKERED, CHECKERED << 1n, 0n];

function patternsFor(model: RegisterModel): bigint[] {
  const trigger = model.fields.find(({ name }) => name === triggers[model.mnemonic]);
  const kept = trigger === undefined ? ALL_ONES : ALL_ONES ^ fieldMask(trigger);
  return PATTERNS.map((pattern) => BigInt.asUintN(8 * model.bytes, pattern & kept));
}

async function unitOf(preset: (typeof presetNames)[number]): Promise<Iommu> {
  return Iommu.create({ preset, memory: GuestMemory.create({ size: 0x1000 }) });
}

describe.each(presetNames)("registers of preset %s", (preset) => {
  const capabilities = resolveCapabilities({ preset });
  const models = registerModels(capabilities);

  it("VTD-11.4: after a power-good reset every dword has its reset value", async () => {
    expect(dump(await unitOf(preset))).toEqual(registersAfterReset(capabilities));
  });

  it.each(models)("VTD-11.2: $name reads the same by 32 and by 64 bits", async (model) => {
    const iommu = await unitOf(preset);
    for (const size of sizesOf(model)) {
      expect(readRegister(iommu, model, size)).toBe(model.reset);
    }
  });

  it.each(models.filter(isPassive))(
    "VTD-11.3: a write of $name changes its RW bits and nothing else",
    async (model) => {
      const iommu = await unitOf(preset);
      const fixed = model.reset & ~model.readWrite;
      for (const size of sizesOf(model)) {
        for (const pattern of patternsFor(model)) {
          const before = dump(iommu);
          writeRegister(iommu, model, pattern, size);
          expect(readRegister(iommu, model, size)).toBe((pattern & model.readWrite) | fixed);
          const others = differences(before, dump(iommu)).filter(
            (at) => at < model.offset || at >= model.offset + model.bytes,
          );
          expect(others).toEqual([]);
        }
      }
    },
  );

  it("VTD-11.2: a dword write leaves the other dwords of its register alone", async () => {
    const iommu = await unitOf(preset);
    const wide = models.filter((model) => model.bytes > 4 && model.readWrite !== 0n);
    for (const model of wide) {
      const [pattern = 0n] = patternsFor(model);
      dwordsOf(pattern, model.bytes).forEach((dword, i) => {
        writeRegister(iommu, model, 0n, 8);
        iommu.write32(model.offset + 4 * i, dword);
        const mask = 0xffff_ffffn << BigInt(32 * i);
        expect(readRegister(iommu, model, 8)).toBe(pattern & model.readWrite & mask);
      });
    }
    expect(wide.map(({ mnemonic }) => mnemonic)).toContain("RTADDR");
  });

  it("reserved offsets read 0 and ignore writes (choice C7)", async () => {
    const iommu = await unitOf(preset);
    const covered = new Set(
      models.flatMap(({ offset, bytes }) => dwordsOf(0n, bytes).map((_, i) => offset + 4 * i)),
    );
    const reserved = dump(iommu)
      .map((_, index) => 4 * index)
      .filter((offset) => !covered.has(offset));
    for (const offset of reserved) iommu.write32(offset, 0xffff_ffff);
    for (const offset of reserved.filter((at) => at % 8 === 0 && reserved.includes(at + 4))) {
      iommu.write64(offset, 0xffff_ffff_ffff_ffffn);
      expect(iommu.read64(offset)).toBe(0n);
    }
    expect(dump(iommu)).toEqual(registersAfterReset(capabilities));
    expect(reserved.length).toBeGreaterThan(capabilities.registerBytes / 4 - 256);
  });
});

describe("write-only fields", () => {
  it("VTD-11.4.4.1: GCMD reads 0 after every command", async () => {
    const iommu = await unitOf("full");
    for (const command of [0xffff_ffff, 0x4000_0000, 0x8000_0000, 0]) {
      iommu.write32(0x18, command);
      expect(iommu.read32(0x18)).toBe(0);
    }
  });
});
