import type { Field, Structure } from "./fields.js";

/** Who may use an entry: the same in both formats. */
const source: readonly Field[] = [
  { name: "SID", high: 79, low: 64, meaning: "source-id, or first and last bus" },
  {
    name: "SQ",
    high: 81,
    low: 80,
    meaning: "bits of SID that are compared",
    values: [
      { value: 0, name: "ALL", meaning: "all 16 bits" },
      { value: 1, name: "IGNORE_BIT_2", meaning: "all but bit 2" },
      { value: 2, name: "IGNORE_BITS_2_1", meaning: "all but bits 2:1" },
      { value: 3, name: "IGNORE_BITS_2_0", meaning: "all but bits 2:0" },
    ],
  },
  {
    name: "SVT",
    high: 83,
    low: 82,
    meaning: "source validation type",
    values: [
      { value: 0, name: "NONE", meaning: "every requester" },
      { value: 1, name: "REQUESTER", meaning: "the requester in SID, as SQ says" },
      { value: 2, name: "BUS", meaning: "buses SID 15:8 to SID 7:0" },
      { value: 3, name: "RESERVED", meaning: "reserved" },
    ],
  },
];

/** Interrupt remapping table entries and the posted-interrupt descriptor (§9.9 to §9.11). */
export const interruptEntries: readonly Structure[] = [
  {
    name: "IRTE",
    title: "Interrupt remapping table entry, remapped",
    section: "9.9",
    bits: 128,
    fields: [
      { name: "P", high: 0, low: 0, meaning: "present" },
      { name: "FPD", high: 1, low: 1, meaning: "fault processing disable" },
      { name: "DM", high: 2, low: 2, meaning: "destination mode: 0 physical, 1 logical" },
      { name: "RH", high: 3, low: 3, meaning: "redirection hint: one of several processors" },
      { name: "TM", high: 4, low: 4, meaning: "trigger mode: 0 edge, 1 level" },
      {
        name: "DLM",
        high: 7,
        low: 5,
        meaning: "delivery mode",
        values: [
          { value: 0, name: "FIXED", meaning: "fixed" },
          { value: 1, name: "LOWEST_PRIORITY", meaning: "lowest priority" },
          { value: 2, name: "SMI", meaning: "system management interrupt" },
          { value: 3, name: "RESERVED_3", meaning: "reserved" },
          { value: 4, name: "NMI", meaning: "non-maskable interrupt" },
          { value: 5, name: "INIT", meaning: "INIT" },
          { value: 6, name: "RESERVED_6", meaning: "reserved" },
          { value: 7, name: "EXTINT", meaning: "external interrupt" },
        ],
      },
      { name: "IM", high: 15, low: 15, meaning: "mode: 0 remapped, 1 posted" },
      { name: "V", high: 23, low: 16, meaning: "vector" },
      {
        name: "DST",
        high: 63,
        low: 32,
        meaning: "destination: 32 bits with EIME, else 8 bits in 47:40",
      },
      ...source,
    ],
    ignored: [{ high: 11, low: 8 }],
  },
  {
    name: "IRTE_POSTED",
    title: "Interrupt remapping table entry, posted",
    section: "9.10",
    bits: 128,
    fields: [
      { name: "P", high: 0, low: 0, meaning: "present" },
      { name: "FPD", high: 1, low: 1, meaning: "fault processing disable" },
      { name: "URG", high: 14, low: 14, meaning: "urgent: notified although SN is set" },
      { name: "IM", high: 15, low: 15, meaning: "mode: 0 remapped, 1 posted" },
      { name: "VV", high: 23, low: 16, meaning: "virtual vector: the bit of PIR that is set" },
      { name: "PDAL", high: 63, low: 38, meaning: "posted descriptor address, bits 31:6" },
      ...source,
      { name: "PDAH", high: 127, low: 96, meaning: "posted descriptor address, bits 63:32" },
    ],
    ignored: [{ high: 11, low: 8 }],
  },
  {
    name: "POSTED_DESCRIPTOR",
    title: "Posted-interrupt descriptor",
    section: "9.11",
    bits: 512,
    fields: [
      { name: "PIR_0", high: 63, low: 0, meaning: "interrupts posted, vectors 63 to 0" },
      { name: "PIR_1", high: 127, low: 64, meaning: "interrupts posted, vectors 127 to 64" },
      { name: "PIR_2", high: 191, low: 128, meaning: "interrupts posted, vectors 191 to 128" },
      { name: "PIR_3", high: 255, low: 192, meaning: "interrupts posted, vectors 255 to 192" },
      { name: "ON", high: 256, low: 256, meaning: "a notification is outstanding" },
      { name: "SN", high: 257, low: 257, meaning: "suppress notification unless urgent" },
      { name: "NV", high: 279, low: 272, meaning: "notification vector" },
      {
        name: "NDST",
        high: 319,
        low: 288,
        meaning: "notification destination: 32 bits with EIME, else 8 bits in 303:296",
      },
    ],
  },
];
