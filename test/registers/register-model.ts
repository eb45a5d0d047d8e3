/** What the tables of host/spec say about each register of a unit, as masks over the whole register. */
import { performanceReports } from "../../host/core/performance-capabilities.js";
import { exists, placeRegisters } from "../../host/core/register-placement.js";
import type { Capabilities, Iommu } from "../../host/index.js";
import type { Attribute, RegisterField } from "../../host/spec/fields.js";

export interface RegisterModel {
  /** The mnemonic, with the place in a row of equal registers: "FRCD3". */
  readonly name: string;
  readonly mnemonic: string;
  readonly offset: number;
  readonly bytes: number;
  readonly reset: bigint;
  readonly readWrite: bigint;
  readonly writeOneToClear: bigint;
  /** Bits that a warm reset leaves alone (§11.3). */
  readonly sticky: bigint;
  /** Fields that this unit has. */
  readonly fields: readonly RegisterField[];
}

export function fieldMask({ high, low }: { readonly high: number; readonly low: number }): bigint {
  return ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
}

export function registerModels(capabilities: Capabilities): RegisterModel[] {
  const fixed = new Map([
    ["VER", BigInt(capabilities.version)],
    ["CAP", capabilities.cap],
    ["ECAP", capabilities.ecap],
    ...performanceReports(capabilities.values),
  ]);
  return placeRegisters(capabilities.values).map(({ name, register, offset, bytes }) => {
    const fields = register.fields.filter((field) => exists(field, capabilities.values));
    const bits = (...attributes: Attribute[]) =>
      fields
        .filter(({ access }) => attributes.includes(access))
        .reduce((mask, field) => mask | fieldMask(field), 0n);
    const reset = fields.reduce(
      (value, field) => value | (BigInt(field.reset ?? 0) << BigInt(field.low)),
      fixed.get(name) ?? 0n,
    );
    return {
      name,
      mnemonic: register.mnemonic,
      offset,
      bytes,
      reset,
      readWrite: bits("RW", "RWL", "RWLV"),
      writeOneToClear: bits("RW1C", "RW1CS"),
      sticky: bits("ROS", "RW1CS"),
      fields,
    };
  });
}

/** The dwords of a register, lowest first. */
export function dwordsOf(value: bigint, bytes: number): number[] {
  return Array.from({ length: bytes / 4 }, (_, i) =>
    Number((value >> BigInt(32 * i)) & 0xffff_ffffn),
  );
}

/** Every dword of the register set. */
export function dump(iommu: Iommu): number[] {
  const length = iommu.capabilities.registerBytes / 4;
  return Array.from({ length }, (_, index) => iommu.read32(4 * index));
}

/** The register set after a power-good reset, by the tables. */
export function registersAfterReset(capabilities: Capabilities): number[] {
  const page = new Array<number>(capabilities.registerBytes / 4).fill(0);
  const models = registerModels(capabilities);
  for (const { offset, bytes, reset } of models) {
    dwordsOf(reset, bytes).forEach((dword, i) => (page[offset / 4 + i] = dword));
  }
  return page;
}

/** The dwords in which two dumps differ, by offset. */
export function differences(before: readonly number[], after: readonly number[]): number[] {
  return before.flatMap((dword, index) => (dword === after[index] ? [] : [4 * index]));
}

/** A whole register, in the accesses of the given size. */
export function readRegister(iommu: Iommu, model: RegisterModel, size: 4 | 8): bigint {
  let value = 0n;
  for (let at = 0; at < model.bytes; at += size) {
    const part =
      size === 4 ? BigInt(iommu.read32(model.offset + at)) : iommu.read64(model.offset + at);
    value |= part << BigInt(8 * at);
  }
  return value;
}

export function writeRegister(
  iommu: Iommu,
  model: RegisterModel,
  value: bigint,
  size: 4 | 8,
): void {
  for (let at = 0; at < model.bytes; at += size) {
    const part = BigInt.asUintN(8 * size, value >> BigInt(8 * at));
    if (size === 4) iommu.write32(model.offset + at, Number(part));
    else iommu.write64(model.offset + at, part);
  }
}

/** The access sizes that a register takes (§11.2). */
export function sizesOf(model: RegisterModel): readonly (4 | 8)[] {
  return model.bytes === 4 ? [4] : [4, 8];
}
