import type { Deviation } from "./deviation.js";

const qemu = {
  target: "qemu",
  versions: "11.1.3",
  observable: true,
  kind: "deviation",
} as const;

/** Where QEMU's intel-iommu differs from the manual in structures in memory. */
export const qemuStructures: readonly Deviation[] = [
  {
    ...qemu,
    id: "qemu-pasid-reserved-bits",
    section: "7.1.3",
    manual:
      "Reserved bits of a present PASID directory entry are SPD.3 (52h), of a PASID table entry SPT.3 (5Ah), with those that a clear capability reserves",
    does: "looks at none of them",
    cases: [
      "VTD-7.1.3-spd3-directory-entry-reserved",
      "VTD-7.1.3-spt3-pasid-entry-reserved",
      "VTD-9.5-pasid-directory-reserved-bits",
      "VTD-9.5-pasid-directory-pointer-beyond-host-width",
      "VTD-9.6-pasid-entry-reserved-5-5",
      "VTD-9.6-pasid-entry-reserved-11-10",
      "VTD-9.6-pasid-entry-reserved-86-80",
      "VTD-9.6-pasid-entry-reserved-95-91",
      "VTD-9.6-pasid-entry-reserved-129-129",
      "VTD-9.6-pasid-entry-reserved-139-136",
      "VTD-9.6-pasid-entry-reserved-255-192",
      "VTD-9.6-pasid-entry-reserved-267-259",
      "VTD-9.6-pasid-entry-reserved-511-336",
      "VTD-9.6-pasid-entry-ssptptr-beyond-host-width",
      "VTD-9.6-pasid-entry-fsptptr-beyond-host-width",
      "VTD-9.6-pasid-entry-hptptr-beyond-host-width",
      "VTD-9.6-pasid-entry-ssade-reserved",
      "VTD-9.6-pasid-entry-pwsnp-reserved",
      "VTD-9.6-pasid-entry-pgsnp-reserved",
      "VTD-9.6-pasid-entry-cd-reserved",
      "VTD-9.6-pasid-entry-emte-reserved",
      "VTD-9.6-pasid-entry-pat-reserved",
      "VTD-9.6-pasid-entry-sre-reserved",
      "VTD-9.6-pasid-entry-fspm-reserved",
      "VTD-9.6-pasid-entry-wpe-reserved",
      "VTD-9.6-pasid-entry-eafe-reserved",
      "VTD-9.6-pasid-entry-fsptptr-reserved",
      "VTD-9.6-pasid-entry-hptsz-reserved",
      "VTD-9.6-pasid-entry-hptpfd-reserved",
      "VTD-9.6-pasid-entry-hptptr-reserved",
      "VTD-9.6-pasid-entry-hptdid-reserved",
    ],
  },
  {
    ...qemu,
    id: "qemu-pasid-type-before-present",
    section: "7.1.3",
    manual: "A PASID table entry that is not present is SPT.2 (59h), whatever its other fields say",
    does: "looks at PGTT first: an entry of zeros is 5Bh",
    cases: ["VTD-9.6-pasid-entry-not-present-ignores-rest"],
  },
  {
    ...qemu,
    id: "qemu-context-fields-without-capability",
    section: "9.4",
    manual:
      "DTE, PASIDE, PRE, RID_PASID and RID_PRIV of a scalable-mode context entry are reserved without DT, PASID, PRS, RPS and RPRIVS: SCT.3",
    does: "accepts them",
    cases: [
      "VTD-9.4-sm-context-dte-reserved",
      "VTD-9.4-sm-context-paside-reserved",
      "VTD-9.4-sm-context-pre-reserved",
      "VTD-9.4-sm-context-rid-pasid-reserved",
      "VTD-9.4-sm-context-rid-priv-reserved",
    ],
  },
  {
    ...qemu,
    id: "qemu-pre-without-dte",
    section: "7.1.3",
    manual: "PRE without DTE in a scalable-mode context entry is SCT.4.1",
    does: "accepts it",
    cases: ["VTD-7.1.3-sct41-page-requests-without-device-tlb"],
  },
];
