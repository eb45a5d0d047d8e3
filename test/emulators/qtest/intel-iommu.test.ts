import { describe, expect, it } from "vitest";

import { deviceHelp, Q35, q35Devices } from "../../../host/emulators/qtest/index.js";

async function registers(properties: string): Promise<string[]> {
  const devices = q35Devices([`intel-iommu${properties === "" ? "" : `,${properties}`}`]);
  const q35 = await Q35.create({ memoryBytes: 2 ** 20, ...devices });
  const [version, cap, ecap] = [
    q35.read(0xfed9_0000n, 4),
    q35.read(0xfed9_0008n, 8),
    q35.read(0xfed9_0010n, 8),
  ];
  return [version, cap, ecap].map((value) => value.toString(16));
}

describe("-device intel-iommu", () => {
  // What QEMU 11.1.3 reports.
  it.each([
    ["", "80d2008c222f0606", "f00f4a"],
    ["intremap=off", "80d2008c222f0606", "f42"],
    [
      "intremap=on,eim=on,caching-mode=on,device-iotlb=on,snoop-control=on",
      "80d2008c222f0686",
      "f00fde",
    ],
    ["scalable-mode=on", "80d2008c222f0606", "480080f00f4a"],
    ["scalable-mode=on,fsts=on", "81d2008c222f0606", "880000f00f4a"],
    ["scalable-mode=on,fsts=on,fs1gp=off", "80d2008c222f0606", "880000f00f4a"],
    ["scalable-mode=on,pasid-bits=4", "80d2008c222f0606", "491880f00f4a"],
    [
      "scalable-mode=on,fsts=on,device-iotlb=on,pasid-bits=20,svm=on",
      "81d2008c222f0606",
      "8d9a20f00f4e",
    ],
    ["aw-bits=39", "80d2008c22260206", "f00f4a"],
    ["dma-translation=off", "80d2008c222f0006", "f00f4a"],
    ["dma-translation=off,scalable-mode=on", "80d2008c222f0006", "480080f00f4a"],
  ])('with "%s" reports what QEMU reports', async (properties, cap, ecap) => {
    expect(await registers(properties)).toEqual(["10", cap, ecap]);
  });

  it("takes the names of before QEMU 11.1", async () => {
    const today = await registers("scalable-mode=on,fsts=on,pasid-bits=20");
    expect(await registers("x-scalable-mode=on,x-flts=on,x-pasid-mode=on")).toEqual(today);
    expect(await registers("x-aw-bits=39,x-pasid-mode=off")).toEqual(await registers("aw-bits=39"));
  });

  it("reports a version that is asked for", async () => {
    expect((await registers("version=0x21"))[0]).toBe("21");
    expect((await registers("version=0"))[0]).toBe("10");
  });

  it.each([
    ["fsts=on", "fsts=on needs scalable-mode=on"],
    ["aw-bits=57", "aw-bits is 57: expected 39 or 48"],
    ["scalable-mode=on,fsts=on,aw-bits=39", "aw-bits is 39: expected 48 with fsts=on"],
    ["svm=on", "svm=on needs device-iotlb=on, fsts=on, pasid-bits"],
    ["scalable-mode=on,fsts=on,device-iotlb=on,svm=on", "svm=on needs pasid-bits"],
    ["pasid-bits=20", "pasid-bits needs scalable-mode=on"],
    ["scalable-mode=on,pasid-bits=21", "pasid-bits is 21: PASIDs have at most 20 bits"],
    ["eim=on,intremap=off", "eim=on needs intremap=on"],
    ["scalable-mode=maybe", 'scalable-mode is "maybe": expected on or off'],
    ["intremap=perhaps", 'intremap is "perhaps": expected on, off or auto'],
    ["aw-bits=x", 'aw-bits is "x": expected a number of 8 bits'],
    ["aw-bits=300", 'aw-bits is "300": expected a number of 8 bits'],
    ["speed=1", "intel-iommu has no speed; it has aw-bits"],
    ["aw-bits=48,aw-bits=39", "aw-bits is given twice"],
    ["x-pasid-mode=on,pasid-bits=4", "x-pasid-mode is the older name of pasid-bits"],
    ["x-pasid-mode=20", 'x-pasid-mode is "20": expected on or off'],
  ])('refuses "%s" as QEMU does, and says why', (properties, why) => {
    expect(() => q35Devices([`intel-iommu,${properties}`])).toThrow(why);
  });

  it.each([
    ["stale-tm=on", "the unit has no transient-mapping flag in its paging entries"],
    ["version=6", "version is 6: expected 0, or VER_REG from 0x10 to 0xff"],
    ["version=0x60,scalable-mode=on,fsts=on", "SAGAW is 0 without SSTS from major version 6 on"],
  ])('refuses "%s", which the unit does not have', (properties, why) => {
    expect(() => q35Devices([`intel-iommu,${properties}`])).toThrow(why);
  });

  it("prints its properties for help", () => {
    expect(deviceHelp("intel-iommu,help")).toContain("aw-bits=<uint8>        -  (default: 48)");
    expect(deviceHelp("intel-iommu,help")).toContain(
      "fsts=<bool>            - on/off (default: off)",
    );
    expect(deviceHelp("help")).toContain('name "edu"');
    expect(deviceHelp("edu")).toBeUndefined();
  });
});

describe("-device for endpoints", () => {
  it("takes addr, bus and id, and the options of each kind", () => {
    const { endpoints } = q35Devices([
      "edu,id=a,bus=pcie.0,addr=0x1d.0,dma_mask=0xffff",
      "dma-engine,queues=2,tlb-entries=8,page-requests=4,pasid-bits=16",
      "iommu-testdev",
    ]);
    expect(endpoints).toEqual([
      { bdf: 0xe8, kind: "edu", options: { dmaMask: 0xffffn } },
      {
        bdf: 0x08,
        kind: "dma-engine",
        options: { queues: 2, tlbEntries: 8, pageRequestCapacity: 4, pasidBits: 16 },
      },
      { bdf: 0x10, kind: "iommu-testdev" },
    ]);
  });

  it.each([
    [["e1000e"], "there are intel-iommu, dma-engine, edu, iommu-testdev"],
    [["edu=1"], "expected DRIVER,NAME=VALUE"],
    [["edu,addr=1f.0"], "00:1f.0 is taken by the chipset"],
    [["edu,addr=3", "edu,addr=03.0"], "00:03.0 is taken by edu"],
    [["edu,addr=3.1"], "devices here have function 0 alone"],
    [["edu,addr=20"], 'addr is "20": expected SLOT or SLOT.FUNCTION'],
    [["edu,bus=pci.1"], 'bus is "pci.1": there is only pcie.0'],
    [["edu,multifunction=on"], 'multifunction is "on": expected off'],
    [["edu,dma_mask=big"], "expected a number of 64 bits"],
    [["iommu-testdev,size=1"], "iommu-testdev has no size"],
    [["dma-engine,queues=9"], "queues is 9: expected 1 to 8"],
    [["intel-iommu", "intel-iommu"], "a machine has one intel-iommu at most"],
    [Array.from({ length: 31 }, () => "edu"), "no slot is free"],
  ])("refuses %j", (devices, why) => {
    expect(() => q35Devices(devices)).toThrow(why);
  });
});
