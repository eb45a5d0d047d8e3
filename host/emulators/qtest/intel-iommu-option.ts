import type { CapabilityOptions } from "../../core/capabilities.js";
import { OptionError } from "./command-error.js";
import { propertyValues, type DeviceOption, type PropertyValues } from "./device-option.js";

/** The properties of QEMU's intel-iommu, with QEMU's defaults. */
export const intelIommuProperties = {
  "aw-bits": { type: "uint8", usual: 48n },
  "caching-mode": { type: "bool", usual: false },
  "device-iotlb": { type: "bool", usual: false },
  "dma-translation": { type: "bool", usual: true },
  eim: { type: "OnOffAuto", usual: "auto" },
  fs1gp: { type: "bool", usual: true },
  fsts: { type: "bool", usual: false },
  intremap: { type: "OnOffAuto", usual: "auto" },
  "pasid-bits": { type: "uint8", usual: 0n },
  "scalable-mode": { type: "bool", usual: false },
  "snoop-control": { type: "bool", usual: false },
  "stale-tm": { type: "bool", usual: false },
  svm: { type: "bool", usual: false },
  version: { type: "uint32", usual: 0n },
} as const;

/** What the properties were called before QEMU 11.1. */
const OLDER_NAMES = {
  "x-aw-bits": "aw-bits",
  "x-flts": "fsts",
  "x-scalable-mode": "scalable-mode",
} as const;

type Values = PropertyValues<typeof intelIommuProperties>;

const MOST_PASID_BITS = 20n;
const USUAL_VERSION = 0x10;

/** What every intel-iommu has: the registers where QEMU has them, second-stage pages of all sizes, drains. */
const BASIS = {
  ...{ IRO: 0x0f, FRO: 0x22, ND: 6, NFR: 0, DWD: 1, DRD: 1, QI: 1, PT: 1, C: 0, ESRTPS: 1 },
  ...{ SSLPS: 3, PSI: 1, MAMV: 18, ZLR: 0 },
};

/**
 * The unit that `-device intel-iommu,...` asks for, with the version, CAP and ECAP that QEMU 11.1 would report.
 * @throws OptionError for what QEMU refuses, and for what the unit does not have.
 */
export function intelIommuUnit(option: DeviceOption): CapabilityOptions {
  const values = propertyValues(withPasidBits(option), intelIommuProperties, OLDER_NAMES);
  const problem = combinationProblem(values);
  if (problem !== undefined) throw new OptionError(`-device "${option.text}": ${problem}`);
  const scalable = values["scalable-mode"];
  const { fsts, svm } = values;
  const remapsInterrupts = values.intremap !== "off";
  const width = Number(values["aw-bits"]);
  const pasidBits = Number(values["pasid-bits"]);
  return {
    preset: "legacy",
    version: values.version === 0n ? USUAL_VERSION : Number(values.version),
    hostAddressWidth: width,
    capabilities: {
      ...BASIS,
      MGAW: width - 1,
      SAGAW: !values["dma-translation"] ? 0 : width === 48 ? 0b00110 : 0b00010,
      CM: bit(values["caching-mode"]),
      FS1GP: bit(fsts && values.fs1gp),
      SC: bit(values["snoop-control"]),
      DT: bit(values["device-iotlb"]),
      IR: bit(remapsInterrupts),
      MHMV: remapsInterrupts ? 15 : 0,
      EIM: bit(values.eim === "on"),
      SMTS: bit(scalable),
      SRS: bit(scalable && !fsts),
      SSTS: bit(scalable && !fsts),
      FSTS: bit(fsts),
      PASID: bit(pasidBits > 0),
      PSS: Math.max(0, pasidBits - 1),
      PRS: bit(svm),
      PDS: bit(svm),
      NWFS: bit(svm),
    },
  };
}

function bit(on: boolean): 0 | 1 {
  return on ? 1 : 0;
}

/** Before QEMU 11.1 `x-pasid-mode=on` asked for 20 bits. */
function withPasidBits(option: DeviceOption): DeviceOption {
  const mode = option.properties.get("x-pasid-mode");
  if (mode === undefined) return option;
  const properties = new Map(option.properties);
  properties.delete("x-pasid-mode");
  if (mode !== "on" && mode !== "off") {
    throw new OptionError(
      `-device "${option.text}": x-pasid-mode is "${mode}": expected on or off`,
    );
  }
  if (properties.has("pasid-bits")) {
    throw new OptionError(`-device "${option.text}": x-pasid-mode is the older name of pasid-bits`);
  }
  properties.set("pasid-bits", mode === "on" ? String(MOST_PASID_BITS) : "0");
  return { ...option, properties };
}

function combinationProblem(values: Values): string | undefined {
  const scalable = values["scalable-mode"];
  const width = values["aw-bits"];
  const pasidBits = values["pasid-bits"];
  const { fsts, svm, eim, intremap, version } = values;
  const widths = fsts ? [48n] : [39n, 48n];
  const missingForSvm = Object.entries({
    "device-iotlb=on": values["device-iotlb"],
    "fsts=on": fsts,
    "dma-translation=on": values["dma-translation"],
    "pasid-bits": pasidBits > 0n,
  }).flatMap(([name, there]) => (there ? [] : [name]));
  const problems: readonly (readonly [boolean, string])[] = [
    [eim === "on" && intremap === "off", "eim=on needs intremap=on"],
    [fsts && !scalable, "fsts=on needs scalable-mode=on"],
    [
      !widths.includes(width),
      `aw-bits is ${width}: expected ${widths.join(" or ")}${fsts ? " with fsts=on" : ""}`,
    ],
    [pasidBits > 0n && !scalable, "pasid-bits needs scalable-mode=on"],
    [
      pasidBits > MOST_PASID_BITS,
      `pasid-bits is ${pasidBits}: PASIDs have at most ${MOST_PASID_BITS} bits`,
    ],
    [svm && missingForSvm.length > 0, `svm=on needs ${missingForSvm.join(", ")}`],
    [
      values["stale-tm"],
      "stale-tm=on: the unit has no transient-mapping flag in its paging entries",
    ],
    [
      version !== 0n && (version < 0x10n || version > 0xffn),
      `version is ${version}: expected 0, or VER_REG from 0x10 to 0xff (major version in bits 7:4)`,
    ],
  ];
  return problems.find(([broken]) => broken)?.[1];
}
