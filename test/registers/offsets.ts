/** Register offsets and bits of §11.4, written out so that no table of the product stands behind them. */

export const REG = {
  VER: 0x00,
  CAP: 0x08,
  ECAP: 0x10,
  GCMD: 0x18,
  GSTS: 0x1c,
  RTADDR: 0x20,
  CCMD: 0x28,
  FSTS: 0x34,
  FECTL: 0x38,
  FEDATA: 0x3c,
  FEADDR: 0x40,
  FEUADDR: 0x44,
  IQH: 0x80,
  IQT: 0x88,
  IQA: 0x90,
  ICS: 0x9c,
  IECTL: 0xa0,
  IEDATA: 0xa4,
  IEADDR: 0xa8,
  IEUADDR: 0xac,
  IQERCD: 0xb0,
  PQH: 0xc0,
  PQT: 0xc8,
  PQA: 0xd0,
  PRS: 0xdc,
  PECTL: 0xe0,
  PEDATA: 0xe4,
  PEADDR: 0xe8,
  PEUADDR: 0xec,
  /** Where every preset places what CAP.FRO and ECAP.IRO place. */
  IVA: 0xf0,
  IOTLB: 0xf8,
  FRCD: 0x220,
  PERFCAP: 0x300,
  PERFINTRSTS: 0x324,
  PERFINTRCTL: 0x328,
  ECMD: 0x400,
  ECEO: 0x408,
  ECRSP: 0x410,
  ECCAP3: 0x448,
  /** Where this unit places what PERFCFGOFF and its neighbours place. */
  PERFCNTRCFG: 0x1000,
  PERFFRZSTS: 0x1800,
  PERFOVFSTS: 0x1808,
  PERFCNTR: 0x2000,
} as const;

/** Commands of GCMD, and the bits of GSTS that answer them (§11.4.4). */
export const TE = 0x8000_0000;
export const SRTP = 0x4000_0000;
export const WBF = 0x0800_0000;
export const QIE = 0x0400_0000;

/** FSTS (§11.4.7.1). */
export const PFO = 1 << 0;
export const PPF = 1 << 1;
export const IQE = 1 << 4;
export const ICE = 1 << 5;
export const ITE = 1 << 6;

/** PRS_REG (§11.4.11.4). */
export const PPR = 1 << 0;
export const PRO = 1 << 1;

/** Event control registers: interrupt mask and interrupt pending (§11.4.7.2). */
export const IM = 0x8000_0000;
export const IP = 0x4000_0000;
