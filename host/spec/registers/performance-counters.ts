import type { Register, RegisterField } from "../fields.js";

const CONFIGURATION_STRIDE = 0x100;

const enable: RegisterField = {
  name: "EN",
  high: 31,
  low: 31,
  access: "RWL",
  meaning: "the filter is applied",
};

/** A register of the 256 bytes that configure each counter. */
function ofEachCounter(register: Omit<Register, "placedBy" | "repeat">): Register {
  return {
    ...register,
    placedBy: "CFGO",
    repeat: { count: "NCNTR", stride: CONFIGURATION_STRIDE },
  };
}

/** Performance monitoring registers that lie where PERFCFGOFF and its neighbours say (§11.4.13). */
export const performanceCounterRegisters: readonly Register[] = [
  {
    mnemonic: "PERFFRZSTS",
    title: "Performance monitoring freeze status",
    section: "11.4.13.12",
    width: 64,
    placedBy: "FZO",
    offset: 0,
    requires: ["PMS"],
    fields: [
      { name: "FS", high: 63, low: 0, access: "RO", meaning: "counters that are frozen, by bit" },
    ],
  },
  {
    mnemonic: "PERFOVFSTS",
    title: "Performance monitoring overflow status",
    section: "11.4.13.13",
    width: 64,
    placedBy: "OFO",
    offset: 0,
    requires: ["PMS"],
    fields: [
      {
        name: "OS",
        high: 63,
        low: 0,
        access: "RW1C",
        meaning: "counters that have overflowed, by bit",
      },
    ],
  },
  ofEachCounter({
    mnemonic: "PERFCNTRCFG",
    title: "Performance monitoring counter configuration",
    section: "11.4.13.15",
    width: 64,
    offset: 0x00,
    requires: ["PMS"],
    fields: [
      {
        name: "ES",
        high: 59,
        low: 32,
        access: "RWL",
        meaning: "events of the group that are counted, by bit",
      },
      { name: "EGI", high: 11, low: 8, access: "RWL", meaning: "event group" },
      {
        name: "GFO",
        high: 2,
        low: 2,
        access: "RWL",
        requires: ["GFS"],
        meaning: "an overflow freezes all counters",
      },
      {
        name: "IO",
        high: 1,
        low: 1,
        access: "RWL",
        requires: ["IOS"],
        meaning: "an overflow raises the performance monitoring interrupt",
      },
      {
        name: "EN",
        high: 0,
        low: 0,
        access: "RO",
        meaning: "the counter is enabled; RWL fields of its registers are locked",
      },
    ],
  }),
  ofEachCounter({
    mnemonic: "PERFRIDFLT",
    title: "Performance monitoring requester-id filter",
    section: "11.4.13.16",
    width: 32,
    offset: 0x08,
    requires: ["PMS", "RIDFS"],
    fields: [
      enable,
      { name: "RID", high: 15, low: 0, access: "RWL", meaning: "requester-id to count" },
    ],
  }),
  ofEachCounter({
    mnemonic: "PERFDIDFLT",
    title: "Performance monitoring domain-id filter",
    section: "11.4.13.17",
    width: 32,
    offset: 0x0c,
    requires: ["PMS", "DIDFS"],
    fields: [
      enable,
      { name: "DID", high: 15, low: 0, access: "RWL", meaning: "domain-id to count" },
    ],
  }),
  ofEachCounter({
    mnemonic: "PERFPASIDFLT",
    title: "Performance monitoring PASID filter",
    section: "11.4.13.18",
    width: 32,
    offset: 0x10,
    requires: ["PMS", "PASIDFS"],
    fields: [
      enable,
      {
        name: "PFM",
        high: 21,
        low: 20,
        access: "RWL",
        meaning: "PASID filter mode",
        values: [
          { value: 0, name: "MATCH", meaning: "requests with the PASID" },
          { value: 1, name: "ANY", meaning: "requests with any PASID" },
          { value: 2, name: "NONE", meaning: "requests without PASID" },
        ],
      },
      { name: "PASID", high: 19, low: 0, access: "RWL", meaning: "PASID to count" },
    ],
  }),
  ofEachCounter({
    mnemonic: "PERFATFLT",
    title: "Performance monitoring address type filter",
    section: "11.4.13.19",
    width: 32,
    offset: 0x14,
    requires: ["PMS", "ATFS"],
    fields: [
      enable,
      {
        name: "HPT",
        high: 4,
        low: 4,
        access: "RWL",
        requires: ["HPTS"],
        meaning: "prefetches of host permission tables count",
      },
      { name: "TD", high: 2, low: 2, access: "RWL", meaning: "translated requests count" },
      { name: "TR", high: 1, low: 1, access: "RWL", meaning: "translation requests count" },
      { name: "UR", high: 0, low: 0, access: "RWL", meaning: "untranslated requests count" },
    ],
  }),
  ofEachCounter({
    mnemonic: "PERFPTLFLT",
    title: "Performance monitoring page table level filter",
    section: "11.4.13.20",
    width: 32,
    offset: 0x18,
    requires: ["PMS", "PTLFS"],
    fields: [
      enable,
      {
        name: "PTL",
        high: 4,
        low: 0,
        access: "RWL",
        meaning:
          "levels or page sizes to count, by bit: 0 PTE or 4 KiB, 1 PDE or 2 MiB, 2 PDPE or 1 GiB, 3 PML4E, 4 PML5E",
      },
    ],
  }),
  ofEachCounter({
    mnemonic: "PERFCNTRCAP",
    title: "Performance monitoring counter capability",
    section: "11.4.13.21",
    width: 32,
    offset: 0x80,
    requires: ["PMS", "PCCS"],
    fields: [
      { name: "EGCNT", high: 31, low: 28, access: "RO", meaning: "event groups of this counter" },
      { name: "GFS", high: 17, low: 17, access: "RO", meaning: "global freeze on overflow" },
      { name: "IOS", high: 16, low: 16, access: "RO", meaning: "interrupt on overflow" },
      { name: "CW", high: 15, low: 8, access: "RO", meaning: "counter width in bits" },
      {
        name: "PCC",
        high: 0,
        low: 0,
        access: "RO",
        meaning: "this register overrides PERFCAP, and PERFCNTREVCAP overrides PERFEVNTCAP",
      },
    ],
  }),
  ofEachCounter({
    mnemonic: "PERFCNTREVCAP",
    title: "Performance monitoring counter event capability",
    section: "11.4.13.22",
    width: 32,
    offset: 0x84,
    requires: ["PMS", "PCCS"],
    fields: [
      { name: "EGI", high: 31, low: 28, access: "RO", meaning: "event group" },
      { name: "ES", high: 27, low: 0, access: "RO", meaning: "supported events of this group" },
    ],
  }),
  {
    mnemonic: "PERFCNTR",
    title: "Performance monitoring counter",
    section: "11.4.13.23",
    width: 64,
    placedBy: "CNTO",
    offset: 0,
    repeat: { count: "NCNTR", stride: "CS" },
    requires: ["PMS"],
    fields: [{ name: "CNTR", high: 47, low: 0, access: "RWLV", meaning: "count" }],
  },
];
