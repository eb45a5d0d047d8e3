import { OracleUnit, type OracleEventName } from "../../host/oracle/index.js";
import { registersOf, type Features } from "./registers-by-hand.js";
import { SparseMemory } from "./sparse-memory.js";

/** Register offsets (§11.4), by hand. */
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
  PMEN: 0x64,
  PLMBASE: 0x68,
  PLMLIMIT: 0x6c,
  PHMBASE: 0x70,
  PHMLIMIT: 0x78,
  IQH: 0x80,
  IQT: 0x88,
  IQA: 0x90,
  ICS: 0x9c,
  IECTL: 0xa0,
  IEDATA: 0xa4,
  IEADDR: 0xa8,
  IEUADDR: 0xac,
  IQERCD: 0xb0,
  IRTA: 0xb8,
  PQH: 0xc0,
  PQT: 0xc8,
  PQA: 0xd0,
  PRS: 0xdc,
  PECTL: 0xe0,
  PEDATA: 0xe4,
  PEADDR: 0xe8,
  PEUADDR: 0xec,
  IVA: 0xf0,
  IOTLB: 0xf8,
  FRCD: 0x220,
} as const;

/** Bits of GCMD_REG and GSTS_REG. */
export const TE = 2 ** 31;
export const SRTP = 2 ** 30;
export const WBF = 2 ** 27;
export const QIE = 2 ** 26;
export const IRE = 2 ** 25;
export const SIRTP = 2 ** 24;
export const CFI = 2 ** 23;

/** IM and IP of the event control registers. */
export const IM = 2 ** 31;
export const IP = 2 ** 30;

export interface Heard {
  readonly event: OracleEventName;
  readonly message: unknown;
}

/** A unit with its memory, and everything that it sends. */
export class UnitWorld {
  readonly memory = new SparseMemory();
  readonly unit: OracleUnit;
  readonly #heard: Heard[] = [];
  #levels = 0;

  constructor(features: Features = {}, options: { faultCollapse?: boolean } = {}) {
    const { memory } = this;
    this.unit = new OracleUnit({
      memory,
      faultCollapse: false,
      invalidationTimeout: 1000,
      ...options,
      ...registersOf(features),
    });
    const names = ["interrupt", "pageGroupResponse", "deviceTlbInvalidate", "fault"] as const;
    for (const event of names) {
      this.unit.on(event, (message) => this.#heard.push({ event, message }));
    }
  }

  /** What the unit has sent since the last call: all of it, or what one event name stands for. */
  take(): Heard[] {
    return this.#heard.splice(0);
  }

  takeOnly(event: OracleEventName): unknown[] {
    return this.take()
      .filter((heard) => heard.event === event)
      .map(({ message }) => message);
  }

  /** Commands that have a level stay set when others are given. */
  command(bits: number): this {
    this.unit.write32(REG.GCMD, this.#levels + bits);
    const lasting = [TE, QIE, IRE, CFI].filter((bit) => Math.floor(bits / bit) % 2 === 1);
    this.#levels += lasting.reduce((sum, bit) => sum + bit, 0);
    return this;
  }

  /** Switches a level off. */
  release(bit: number): this {
    this.#levels -= bit;
    this.unit.write32(REG.GCMD, this.#levels);
    return this;
  }

  setRoot(register: bigint): this {
    this.unit.write64(REG.RTADDR, register);
    return this.command(SRTP);
  }

  status(bit: number): boolean {
    return Math.floor(this.unit.read32(REG.GSTS) / bit) % 2 === 1;
  }

  /** Lets an event go out: address FEE0_1000h, data as given. */
  unmask(prefix: "FE" | "IE" | "PE", data: number): this {
    this.unit.write32(REG[`${prefix}DATA`], data);
    this.unit.write32(REG[`${prefix}ADDR`], 0xfee0_1000);
    this.unit.write32(REG[`${prefix}CTL`], 0);
    return this;
  }

  /** Bits high:low of a register as the manual numbers them. */
  field(offset: number, high: number, low: number): bigint {
    const word = offset + 8 * Math.floor(low / 64);
    const aligned = word % 8 === 0;
    const value =
      aligned && !isNarrow(word) ? this.unit.read64(word) : BigInt(this.unit.read32(word));
    return (value >> BigInt(low % 64)) & ((1n << BigInt(high - low + 1)) - 1n);
  }
}

/** Registers of 32 bits at multiples of 8. */
function isNarrow(offset: number): boolean {
  return ([0x00, 0x18, 0x38, 0x40, 0x68, 0xa0, 0xa8, 0xe0, 0xe8] as number[]).includes(offset);
}

/** Offset of a fault recording register. */
export function FRCD_OF(index: number): number {
  return REG.FRCD + 16 * index;
}
