import { describe, expect, it } from "vitest";

import {
  bootSequence,
  runAccesses,
  shutdownSequence,
  type BootOptions,
  type RegisterAccess,
} from "../../../host/driver/vtd/index.js";
import { BOOT_MEMORY, bootCommands, bootUnit, windowOver } from "./boot-unit.js";
import { readTrace } from "../../replay/trace.js";

/**
 * The traces are of Debian's kernel under `viommu qemu`, from boot to power-off. For those with interrupt
 * remapping DMAR had INTR_REMAP and the I/O APIC in the unit's scope, which the command's own has not.
 */
interface RecordedBoot {
  readonly trace: string;
  readonly capabilities: Readonly<Record<string, number>>;
  readonly options: Partial<BootOptions>;
  /** Accesses besides repeated reads of a status. */
  readonly accesses: number;
}

/** Messages to the first processor in a cluster, which is where the x2APIC driver sends them. */
const toCluster = (data: number) => ({ data, address: 0xfee0_1004, upperAddress: 0 });
const PERFORMANCE = { ECMDS: 1, PMS: 1 };

const boots: readonly (readonly [string, RecordedBoot])[] = [
  [
    "§11.4.13: performance counters",
    {
      trace: "qemu-linux-7.2-boot-counters.jsonl.gz",
      capabilities: PERFORMANCE,
      options: {},
      accesses: 66,
    },
  ],
  [
    "§5.1.3: interrupt remapping with destinations of 8 bits, on a unit with ESIRTPS",
    {
      trace: "qemu-linux-7.2-boot-xapic.jsonl.gz",
      capabilities: { IR: 1, ESIRTPS: 1 },
      options: {},
      accesses: 43,
    },
  ],
  [
    "§5.1.3: interrupt remapping with destinations of 32 bits, and performance counters",
    {
      trace: "qemu-linux-7.2-boot-x2apic.jsonl.gz",
      capabilities: { ...PERFORMANCE, IR: 1, EIM: 1 },
      options: {
        pageRequestEvent: toCluster(0x21),
        faultEvent: toCluster(0x22),
        performanceEvent: toCluster(0x23),
      },
      accesses: 73,
    },
  ],
];

interface Access {
  readonly access: string;
  readonly offset: number;
  readonly size: number;
  readonly value: bigint;
}

const GSTS = 0x1c;
const FSTS = 0x34;
const IQT = 0x88;
/** IQA, IRTA, RTADDR, PQA: where the frames lie is the run's own. */
const ADDRESSES = [0x90, 0xb8, 0x20, 0xd0];
const IEC_OF_AN_INDEX = 0x14n;

/**
 * Register accesses of a trace without those for entries of the interrupt remapping table, which drivers of
 * interrupt controllers make in between.
 */
function recorded(trace: string): Access[] {
  const lines = readTrace(trace).map(
    (line) => JSON.parse(line) as Omit<Access, "value"> & { value?: string; words?: string[] },
  );
  const isForEntry = (index: number) => {
    const words = lines[index + 1]?.words ?? [];
    return lines[index]!.offset === IQT && (BigInt(words[0] ?? 0) & 0x1fn) === IEC_OF_AN_INDEX;
  };
  return lines.flatMap(({ access, offset, size, value }, index) =>
    value === undefined || isForEntry(index)
      ? []
      : [{ access, offset, size, value: BigInt(value) }],
  );
}

/** A line for each access; reads of a status in a row count as one, and those that wait for the queue as none. */
function comparable(accesses: readonly Access[]): string[] {
  const first = accesses.findIndex(({ offset }) => offset === IQT);
  return accesses
    .filter(({ offset }, index) => offset !== FSTS || index < first)
    .map(({ access, offset, size, value }) => {
      const shown = ADDRESSES.includes(offset) ? value & 0xfffn : value;
      return `${access} ${size} 0x${offset.toString(16)} 0x${shown.toString(16)}`;
    })
    .filter((line, index, all) => {
      return !(line.startsWith(`read 4 0x${GSTS.toString(16)} `) && line === all[index - 1]);
    });
}

async function generated({ capabilities, options }: Omit<RecordedBoot, "trace" | "accesses">) {
  const { memory, iommu, frames } = await bootUnit(capabilities);
  const accesses: Access[] = [];
  const note = ({ access, offset, size }: RegisterAccess, value: bigint) => {
    accesses.push({ access, offset, size, value });
  };
  const booted = runAccesses(iommu, bootSequence({ memory, frames, ...options }), note);
  return { memory, iommu, booted, accesses, note };
}

describe("the boot sequence of the driver is that of Linux 7.2, access for access, with", () => {
  it.each(boots)("%s", async (_, boot) => {
    const { iommu, booted, accesses, note } = await generated(boot);
    runAccesses(iommu, shutdownSequence(booted), note);
    const lines = comparable(accesses);
    expect(lines).toEqual(comparable(recorded(boot.trace)));
    expect(lines).toHaveLength(boot.accesses);
  });
});

describe("interrupt remapping at boot", () => {
  const capabilities = { IR: 1, EIM: 1 };
  const IRTA = 0xb8;
  const touched = (accesses: readonly Access[]) => accesses.map(({ offset }) => offset);

  it("§5.1.4: is on, with an empty table of 65,536 entries", async () => {
    const { memory, iommu, booted } = await generated({ capabilities, options: {} });
    const { base, entries, extended } = booted.interruptTable!;
    expect([entries, extended]).toEqual([65_536, true]);
    expect(iommu.read64(IRTA)).toBe(base | 0x80fn);
    expect((iommu.read32(GSTS) >>> 24) & 3).toBe(3);
    expect(memory.readBytes(base, 16 * entries).every((byte) => byte === 0)).toBe(true);
    const message = { sourceId: 0x28, address: 0xfee0_0010n, data: 0 };
    expect(iommu.remapInterrupt(message)).toMatchObject({ status: "fault", reason: 0x22 });
  });

  it("clears what the table's frames held", async () => {
    const { memory, iommu, frames } = await bootUnit(capabilities);
    for (let address = 0n; address < BOOT_MEMORY; address += 4096n) memory.write64(address, 1n);
    const { interruptTable } = runAccesses(iommu, bootSequence({ memory, frames }));
    expect(memory.read64(interruptTable!.base + 0x8000n)).toBe(0n);
  });

  it("§8.1: is left out where DMAR does not announce it, and where the unit has none", async () => {
    const without = await generated({ capabilities, options: { interruptRemapping: false } });
    const never = await generated({ capabilities: {}, options: { interruptRemapping: true } });
    for (const { accesses, booted, iommu } of [without, never]) {
      expect(touched(accesses)).not.toContain(IRTA);
      expect(booted.interruptTable).toBeUndefined();
      expect(iommu.read32(GSTS) >>> 0).toBe(0xc400_0000);
    }
  });

  it("has destinations of 8 bits on a processor without x2APIC", async () => {
    const { iommu, booted } = await generated({ capabilities, options: { x2apic: false } });
    expect(booted.interruptTable!.extended).toBe(false);
    expect(iommu.read64(IRTA) & 0xfffn).toBe(0xfn);
  });

  it.each([
    ["§6.7: after an invalidation where a new table makes none", 0, 2n],
    ["§6.7: without an invalidation where a new table makes one", 1, 0n],
  ])("is turned off first if firmware left it on, %s", async (_, ESIRTPS, invalidations) => {
    const { memory, iommu, frames } = await bootUnit({ ...capabilities, ESIRTPS });
    const { base } = runAccesses(iommu, bootSequence({ memory, frames })).interruptTable!;
    const commands: string[] = [];
    const before = iommu.counters().descriptors;
    const again = bootSequence({ memory, frames });
    const { interruptTable } = runAccesses(iommu, again, ({ access, register }, value) => {
      if (access === "write" && register === "GCMD") commands.push(value.toString(16));
    });
    // QI off; QI on; IRE off; SIRTP; IRE on; TE off; SRTP; TE on.
    expect(commands).toEqual(
      ["82000000", "86000000", "84000000", "85000000", "86000000"].concat(
        ...["6000000", "46000000", "86000000"],
      ),
    );
    // Each with its wait.
    expect(iommu.counters().descriptors - before).toBe(2n * invalidations);
    expect(interruptTable!.base).not.toBe(base);
  });

  it("§5.1.4: blocks interrupts of the compatibility format that a unit still lets through", async () => {
    const { memory, iommu, frames } = await bootUnit(capabilities);
    let seen = false;
    const window = windowOver(iommu, {
      read32: (offset) => {
        const status = iommu.read32(offset);
        if (offset !== GSTS || seen || (status & (1 << 25)) === 0) return status;
        seen = true;
        return status | (1 << 23);
      },
    });
    const commands = bootCommands(window, { memory, frames });
    expect(commands.slice(1, 4)).toEqual([0x500_0000n, 0x600_0000n, 0x600_0000n]);
  });
});

describe("performance monitoring at boot", () => {
  const PERFCAP = 0x300;
  const PERFINTRCTL = 0x328;
  const touched = (accesses: readonly Access[]) => accesses.map(({ offset }) => offset);

  it("§11.4.13: finds the counters, their events and their places, and unmasks the interrupt", async () => {
    const { iommu, booted } = await generated({ capabilities: PERFORMANCE, options: {} });
    const found = booted.performanceCounters!;
    const { count, width, configuration, values, stride, overflow } = found;
    expect([count, width]).toEqual([8, 48]);
    expect([configuration, values, overflow]).toEqual(
      [0x310, 0x31c, 0x318].map((offset) => iommu.read32(offset)),
    );
    expect(stride).toBe(1024);
    expect(found.events).toHaveLength(8);
    expect(found.events[0]).toEqual([0, 8, 16, 24].map((at) => iommu.read64(0x380 + at)));
    expect(iommu.read32(PERFINTRCTL) >>> 0).toBe(0);
  });

  it("is left out by a kernel without its driver, and on a unit that has none", async () => {
    const kernel = await generated({
      ...{ capabilities: PERFORMANCE, options: { performanceMonitoring: false } },
    });
    const unit = await generated({ capabilities: { ECMDS: 1 }, options: {} });
    for (const { accesses, booted } of [kernel, unit]) {
      expect(touched(accesses)).not.toContain(PERFCAP);
      expect(touched(accesses)).not.toContain(PERFINTRCTL);
      expect(booted.performanceCounters).toBeUndefined();
    }
  });

  /** Boots a unit whose registers read otherwise: the value by offset. */
  async function bootWith(read: (offset: number, value: bigint) => bigint) {
    const { memory, iommu, frames } = await bootUnit(PERFORMANCE);
    const window = windowOver(iommu, {
      read32: (offset) => Number(read(offset, BigInt(iommu.read32(offset) >>> 0))),
      read64: (offset) => read(offset, iommu.read64(offset)),
    });
    const offsets: number[] = [];
    const booted = runAccesses(window, bootSequence({ memory, frames }), ({ offset }) => {
      offsets.push(offset);
    });
    return { found: booted.performanceCounters, offsets };
  }

  it.each([
    ["capability", PERFCAP, () => 0n],
    ["counter", PERFCAP, (value: bigint) => value & ~0xffffn],
    ["event group", PERFCAP, (value: bigint) => value & ~(0x1fn << 24n)],
    ["interrupt on overflow", PERFCAP, (value: bigint) => value & ~(1n << 50n)],
    ["command that freezes", 0x448, (value: bigint) => value & ~(1n << 52n)],
  ])("gives up after one look where there is no %s", async (_, at, change) => {
    const { found, offsets } = await bootWith((offset, value) =>
      offset === at ? change(value) : value,
    );
    expect(found).toBeUndefined();
    expect(offsets).toContain(PERFCAP);
    expect(offsets.filter((offset) => offset > PERFCAP && offset < 0x400)).toEqual([]);
  });

  /** Counters with capabilities of their own, by their index. */
  const withOwn = (own: ReadonlyMap<number, bigint>, events: readonly bigint[]) =>
    bootWith((offset, value) => {
      const counter = (offset - 0x1080) >> 8;
      if (offset === 0x1080 + 0x100 * counter) return own.get(counter) ?? value;
      const index = (offset - (0x1084 + 0x100 * counter)) / 4;
      return own.has(counter) && index < events.length ? (events[index] ?? value) : value;
    });

  it("§11.4.13.21: takes the events of a counter that has its own", async () => {
    const own = 1n | (48n << 8n) | (1n << 16n) | (2n << 28n);
    const { found, offsets } = await withOwn(new Map([[6, own]]), [0x3000_0001n, 0x1000_0040n]);
    expect(found!.count).toBe(8);
    expect(found!.events[6]).toEqual([0n, 0x40n, 0n, 1n]);
    expect(found!.events[7]).toEqual(found!.events[0]);
    expect(offsets.filter((offset) => offset > 0x1680 && offset < 0x1700)).toEqual([
      0x1684, 0x1688,
    ]);
  });

  it("§11.4.13.21: does without counters from the first of another width", async () => {
    const narrow = 1n | (32n << 8n) | (1n << 16n);
    const { found, offsets } = await withOwn(new Map([[5, narrow]]), []);
    expect(found!.count).toBe(5);
    expect(offsets).toContain(0x1580);
    expect(offsets).not.toContain(0x1680);
  });
});
