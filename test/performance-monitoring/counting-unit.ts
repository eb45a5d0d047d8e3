/** A unit whose counters are configured, enabled and read through registers alone (§10, §11.4.13). */
import type { Iommu } from "../../host/index.js";
import { IM, REG } from "../registers/offsets.js";

/** Commands of ECMD (Table 52). */
export const ENABLE = 0xf0;
export const DISABLE = 0xf1;
export const RESET_CONFIGURATION = 0xf2;
export const RESET_VALUES = 0xf3;
export const FREEZE = 0xf4;
export const UNFREEZE = 0xf5;

/** Status codes of ECRSP (Table 53). */
export const SUCCESS = 0;
export const UNDEFINED = 1;
export const ABORTED = 2;
export const FAILED = 16;

/** Events of Table 49: group and bit. */
export const EVENT = {
  CLOCKS: [0, 0],
  REQUESTS: [0, 1],
  MEMORY_READS: [1, 0],
  FLAG_UPDATES: [1, 3],
  PAGE_REQUESTS: [1, 6],
  OVERFLOW_RESPONSES: [1, 7],
  CONTEXT_LOOKUP: [2, 0],
  CONTEXT_HIT: [2, 1],
  PASID_LOOKUP: [2, 2],
  PASID_HIT: [2, 3],
  SECOND_STAGE_LOOKUP: [2, 4],
  SECOND_STAGE_HIT: [2, 5],
  FIRST_STAGE_LOOKUP: [2, 6],
  FIRST_STAGE_HIT: [2, 7],
  IOTLB_LOOKUP: [3, 0],
  IOTLB_HIT: [3, 1],
} as const;

export type Event = readonly [group: number, bit: number];

/** Filter registers by their offset in the configuration of a counter. */
export const FILTER = { RID: 0x08, DID: 0x0c, PASID: 0x10, AT: 0x14, PTL: 0x18 } as const;
export const FILTER_ENABLE = 0x8000_0000;

export const IO = 1 << 1;
export const GFO = 1 << 2;
export const COUNTERS = 8;
export const LARGEST = 2n ** 48n - 1n;

const MESSAGE = { address: 0xfee0_2000, data: 0x61 };
export const interrupt = { address: 0xfee0_2000n, data: 0x61 };

/** PERFCNTRCFG for events of one group. */
export function configurationOf(events: readonly Event[], settings = 0): bigint {
  const bits = events.reduce((sum, [, bit]) => sum | (1n << BigInt(32 + bit)), 0n);
  return bits | (BigInt(events[0]?.[0] ?? 0) << 8n) | BigInt(settings);
}

/** The counters of a unit. */
export class CountingUnit {
  constructor(readonly iommu: Iommu) {}

  /** Submits an enhanced command; answers its status code. */
  command(code: number, operand = 0): number {
    this.iommu.write64(REG.ECMD, (BigInt(operand) << 16n) | BigInt(code));
    return this.status;
  }

  get status(): number {
    return Number(this.iommu.read64(REG.ECRSP) >> 1n) & 0x7f;
  }

  configuration(counter: number): number {
    return REG.PERFCNTRCFG + 0x100 * counter;
  }

  configure(counter: number, events: Event | readonly Event[], settings = 0): void {
    const list = (typeof events[0] === "number" ? [events] : events) as readonly Event[];
    this.iommu.write64(this.configuration(counter), configurationOf(list, settings));
  }

  filter(counter: number, offset: number, value: number): void {
    this.iommu.write32(this.configuration(counter) + offset, value);
  }

  /** Configures and enables; answers the status code. */
  start(counter: number, events: Event | readonly Event[], settings = 0): number {
    this.configure(counter, events, settings);
    return this.command(ENABLE, counter);
  }

  set(counter: number, value: bigint): void {
    this.iommu.write64(REG.PERFCNTR + 0x400 * counter, value);
  }

  read(counter: number): bigint {
    return this.iommu.read64(REG.PERFCNTR + 0x400 * counter);
  }

  /** What the first counters hold. */
  values(count: number): bigint[] {
    return Array.from({ length: count }, (_, counter) => this.read(counter));
  }

  get overflowed(): bigint {
    return this.iommu.read64(REG.PERFOVFSTS);
  }

  get frozen(): bigint {
    return this.iommu.read64(REG.PERFFRZSTS);
  }

  get isPending(): boolean {
    return this.iommu.read32(REG.PERFINTRSTS) === 1;
  }

  unmask(): void {
    this.iommu.write32(REG.PERFINTRCTL + 4, MESSAGE.data);
    this.iommu.write32(REG.PERFINTRCTL + 8, MESSAGE.address);
    this.iommu.write32(REG.PERFINTRCTL, 0);
  }

  mask(): void {
    this.iommu.write32(REG.PERFINTRCTL, IM);
  }

  /** How often each event occurs in `work`, each counted alone and without filters. */
  count(events: readonly Event[], work: () => void): bigint[] {
    events.forEach((event, counter) => {
      this.set(counter, 0n);
      if (this.start(counter, event) !== SUCCESS)
        throw new Error(`event ${event.join(".")} is not counted`);
    });
    work();
    events.forEach((_, counter) => this.command(DISABLE, counter));
    return this.values(events.length);
  }
}
