import type { CapabilityRegisters } from "../../host/oracle/index.js";

/** Single-bit capabilities, by the manual's names: position in CAP_REG and in ECAP_REG. */
const CAP_BITS = {
  RWBF: 4,
  PLMR: 5,
  PHMR: 6,
  CM: 7,
  ZLR: 22,
  PSI: 39,
  DWD: 54,
  DRD: 55,
  FS1GP: 56,
  PI: 59,
  FS5LP: 60,
  ESIRTPS: 62,
  ESRTPS: 63,
} as const;
const ECAP_BITS = {
  C: 0,
  QI: 1,
  DT: 2,
  IR: 3,
  EIM: 4,
  PT: 6,
  SC: 7,
  MTS: 25,
  NEST: 26,
  PRS: 29,
  ERS: 30,
  SRS: 31,
  NWFS: 33,
  EAFS: 34,
  PASID: 40,
  DIT: 41,
  PDS: 42,
  SMTS: 43,
  SSADS: 45,
  SSTS: 46,
  FSTS: 47,
  SMPWCS: 48,
  RPS: 49,
  ADMS: 52,
  RPRIVS: 53,
  HPTS: 55,
  PTRS: 56,
  SSIRWS: 57,
  SMS: 58,
  EIMER: 61,
  IRREQ: 62,
} as const;

type Flag = keyof typeof CAP_BITS | keyof typeof ECAP_BITS;

export type Features = Partial<Record<Flag, boolean>> & {
  version?: number;
  HAW?: number;
  /** Bits; the register holds one less. */
  MGAW?: number;
  /** Bit 1: 39, bit 2: 48, bit 3: 57 bits. */
  SAGAW?: number;
  SSLPS?: number;
  ND?: number;
  NFR?: number;
  PSS?: number;
  MAMV?: number;
  MHMV?: number;
};

/** Where the registers lie that FRO and IRO place, in bytes. */
const FRCD = 0x220;
const IVA = 0xf0;

const OFF_BY_DEFAULT: readonly Flag[] = [
  "MTS",
  "ERS",
  "HPTS",
  "RWBF",
  "PLMR",
  "PHMR",
  "CM",
  "EIMER",
  "IRREQ",
];

/** Registers of a unit that can do everything, except for what is said. Host addresses of 46 bits. */
export function registersOf(features: Features = {}): CapabilityRegisters {
  const has = (flag: Flag): boolean => features[flag] ?? !OFF_BY_DEFAULT.includes(flag);
  let cap = 0n;
  let ecap = 0n;
  for (const [flag, bit] of Object.entries(CAP_BITS)) {
    if (has(flag as Flag)) cap |= 1n << BigInt(bit);
  }
  for (const [flag, bit] of Object.entries(ECAP_BITS)) {
    if (has(flag as Flag)) ecap |= 1n << BigInt(bit);
  }
  cap |= BigInt(features.ND ?? 6);
  cap |= BigInt(features.SAGAW ?? 0b1110) << 8n;
  cap |= BigInt((features.MGAW ?? 57) - 1) << 16n;
  cap |= BigInt(features.SSLPS ?? 0b11) << 34n;
  cap |= BigInt(features.NFR ?? 7) << 40n;
  cap |= BigInt(features.MAMV ?? 18) << 48n;
  cap |= BigInt(FRCD / 16) << 24n;
  ecap |= BigInt(features.PSS ?? 19) << 35n;
  ecap |= BigInt(features.MHMV ?? 15) << 20n;
  ecap |= BigInt(IVA / 16) << 8n;
  return { version: features.version ?? 0x60, cap, ecap, hostAddressWidth: features.HAW ?? 46 };
}
