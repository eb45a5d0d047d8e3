import type { Configuration } from "../../configuration.js";
import { TargetRefusal } from "../../target.js";

/** A unit of QEMU's, by the options of its `intel-iommu`. */
export interface QemuConfiguration {
  readonly name: string;
  readonly options: readonly string[];
  /** `aw-bits`: QEMU takes it for the width of host addresses too. */
  readonly hostAddressWidth: number;
}

/** The preferred first: a case runs with the first that has what it needs. */
export const qemuConfigurations: readonly QemuConfiguration[] = [
  configuration("legacy", []),
  configuration("scalable-second-stage", ["scalable-mode=on"]),
  configuration("scalable-first-stage", ["scalable-mode=on", "fsts=on"]),
  configuration("caching-mode", ["caching-mode=on"]),
  configuration("extended-interrupts", ["intremap=on", "eim=on"]),
  configuration("no-interrupt-remapping", ["intremap=off"]),
  configuration("snoop-control", ["snoop-control=on"]),
  configuration("scalable-snoop-control", ["scalable-mode=on", "snoop-control=on"]),
  configuration("device-tlb", ["device-iotlb=on"]),
  configuration("scalable-device-tlb", ["scalable-mode=on", "device-iotlb=on", "pasid-bits=20"]),
  configuration("page-requests", [
    ...["scalable-mode=on", "fsts=on", "device-iotlb=on", "pasid-bits=20", "svm=on"],
  ]),
  configuration("39-bits", ["aw-bits=39"], 39),
  configuration("no-dma-translation", ["dma-translation=off"]),
];

function configuration(
  name: string,
  options: readonly string[],
  hostAddressWidth = 48,
): QemuConfiguration {
  return { name, options, hostAddressWidth };
}

/** @throws TargetRefusal for a name that there is not. */
export function qemuConfiguration({ name }: Configuration): QemuConfiguration {
  const found = qemuConfigurations.find((each) => each.name === name);
  if (found !== undefined) return found;
  const names = qemuConfigurations.map((each) => each.name).join(", ");
  throw new TargetRefusal(`no configuration "${name}"; there are ${names}`);
}

/** QEMU's options for a machine with that unit, and two endpoints whose DMA reaches all addresses. */
export function deviceArguments({ options }: QemuConfiguration): string[] {
  return [
    ...["-device", ["intel-iommu", ...options].join(",")],
    ...["-device", "edu,dma_mask=0xffffffffffffffff"],
    ...["-device", "edu,dma_mask=0xffffffffffffffff"],
  ];
}
