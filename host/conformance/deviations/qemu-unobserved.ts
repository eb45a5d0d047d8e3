import type { Deviation } from "./deviation.js";

/** Reported, and not seen by a run of the suite: QEMU ships no endpoint that could show it. */
const qemu = {
  target: "qemu",
  versions: "11.1.3",
  observable: false,
  kind: "deviation",
} as const;

/** Where QEMU's intel-iommu differs from the manual in what its own endpoints never do. */
export const qemuUnobserved: readonly Deviation[] = [
  {
    ...qemu,
    id: "qemu-device-tlb-not-enabled",
    section: "7.1.3",
    manual: "With DTE clear a translation request is answered Unsupported Request (SCT.5)",
    does: "translates it",
    cases: [
      "VTD-7.1.3-sct5-device-tlb-disabled-translation",
      "VTD-4.2.3-refused-after-dma-first-stage",
    ],
  },
  {
    ...qemu,
    id: "qemu-legacy-translation-type",
    section: "7.1.3",
    manual:
      "With TT 00b a translation request is answered Unsupported Request, and a translated request is blocked (LCT.5)",
    does: "translates both, the translated request a second time",
    cases: [
      "VTD-7.1.3-lct5-untranslated-alone-translation",
      "VTD-7.1.3-lct5-untranslated-alone-translated",
      "VTD-4.2.3-refused-after-dma-legacy",
    ],
  },
  {
    ...qemu,
    id: "qemu-paside",
    section: "7.1.3",
    manual: "With PASIDE clear a request with PASID is blocked (SCT.6)",
    does: "translates it",
    cases: ["VTD-7.1.3-sct6-pasid-disabled-with-pasid"],
  },
  {
    ...qemu,
    id: "qemu-pasid-directory-size",
    section: "7.1.3",
    manual: "A request whose PASID is beyond what PDTS has room for is blocked (SCT.7)",
    does: "reads the directory there",
    cases: ["VTD-7.1.3-sct7-pasid-beyond-directory-with-pasid"],
  },
  {
    ...qemu,
    id: "qemu-recorded-pasid",
    section: "7.2.1",
    manual: "PV of a fault record holds the PASID of the request, 20 bits",
    does: "records its lowest 16 bits; faults ahead of the PASID-table entry are recorded without it",
    cases: ["VTD-7.2.1-record-of-pasid"],
  },
  {
    ...qemu,
    id: "qemu-compatibility-format",
    section: "5.1.4",
    manual:
      "Interrupts of compatibility format are blocked while CFIS is clear or EIME is set (25h)",
    does: "lets them pass",
    cases: [
      "VTD-5.1.4-compatibility-blocked-without-cfis",
      "VTD-5.1.4-compatibility-blocked-with-eime",
    ],
  },
  {
    ...qemu,
    id: "qemu-im-without-posting",
    section: "9.10",
    manual:
      "A unit without interrupt posting takes IM of an interrupt entry for a reserved bit (24h)",
    does: "remaps by such an entry",
    cases: ["VTD-9.10-posted-entry-without-pi"],
  },
  {
    ...qemu,
    id: "qemu-page-request-execute",
    section: "7.4.1.1",
    manual: "EXR of a page request descriptor is set for a request to execute",
    does: "leaves it clear",
    cases: ["VTD-7.4.1.1-descriptor-execute"],
  },
  {
    ...qemu,
    id: "qemu-page-request-without-pasid",
    section: "7.4.1.1",
    manual: "A page request without PASID is queued with PP clear",
    does: "refuses it to the device, and queues nothing",
    cases: ["VTD-7.4.1.1-descriptor-without-pasid"],
  },
  {
    ...qemu,
    id: "qemu-page-request-overflow",
    section: "7.4.1",
    manual:
      "The last request of a group that finds the page request queue full is answered Success by the unit",
    does: "sets PRO and answers nothing; the device gets an error of its emulator",
    cases: ["VTD-7.4.1-full-queue-overflows"],
  },
];
