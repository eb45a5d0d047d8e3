import { beforeEach, describe, expect, it } from "vitest";
import { InterruptUnit } from "../interrupts/interrupt-unit.js";

const GCMD = 0x18;
const GSTS = 0x1c;
const RTADDR = 0x20;
const PMEN = 0x64;
const SRTP = 1 << 30;
const EPM = 1 << 31;
const PRS = 1;

describe("VTD-6.5.4: commands that drain, one while another still waits", () => {
  let unit: InterruptUnit;
  const begin = () =>
    unit.iommu.beginAccess({ sourceId: 0x10, address: 0x3000n, access: "read" }).token;
  const shown = () => [
    (unit.iommu.read32(GSTS) & SRTP) !== 0,
    (unit.iommu.read32(PMEN) & PRS) !== 0,
  ];

  beforeEach(async () => {
    unit = await InterruptUnit.create({ capabilities: { PLMR: 1 } });
  });

  it("VTD-6.5.4: each waits for the requests that were in flight when it was given (choice C3)", () => {
    const first = begin();
    unit.iommu.write64(RTADDR, 0x1000n);
    unit.iommu.write32(GCMD, SRTP);
    const second = begin();
    unit.iommu.write32(PMEN, EPM);
    const third = begin();
    expect(shown()).toEqual([false, false]);
    unit.iommu.endAccess(first);
    expect(shown()).toEqual([true, false]);
    unit.iommu.endAccess(second);
    expect(shown()).toEqual([true, true]);
    unit.iommu.endAccess(third);
    expect(shown()).toEqual([true, true]);
  });

  it("VTD-6.5.4: in whatever order the requests end", () => {
    const tokens = [begin(), begin(), begin(), begin()];
    unit.iommu.write64(RTADDR, 0x1000n);
    unit.iommu.write32(GCMD, SRTP);
    const late = begin();
    for (const index of [2, 0, 3]) {
      unit.iommu.endAccess(tokens[index]!);
      expect(shown()[0]).toBe(false);
    }
    unit.iommu.endAccess(tokens[1]!);
    expect(shown()[0]).toBe(true);
    unit.iommu.endAccess(late);
    expect(() => {
      unit.iommu.endAccess(late);
    }).toThrow(/is of no request in flight/);
  });
});
