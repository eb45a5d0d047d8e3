import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GuestMemory, Iommu } from "../../../host/index.js";
import {
  bootSequence,
  runAccesses,
  shutdownSequence,
  UnitBroken,
  type RegisterAccess,
} from "../../../host/driver/vtd/index.js";
import { FrameAllocator } from "../../../host/tables/index.js";
import { bootCommands, bootUnit, windowOver } from "./boot-unit.js";
import { parseLinuxLog, type RegisterAccess as Logged } from "../../replay/linux-log.js";

const log = new URL("../../data/linux-7.2-boot.log", import.meta.url);

interface Line {
  readonly access: "read" | "write";
  readonly register: string;
  readonly size: 4 | 8;
  readonly value: bigint;
}

/** Registers that hold addresses of the run, and the bits in them that are none. */
const addresses: Readonly<Record<string, bigint>> = {
  IQA: 0xfffn,
  RTADDR: 0xfffn,
  PQA: 0xfffn,
  CAP: 0n,
  ECAP: 0n,
};

/** Accesses without addresses; reads of a status in a row count as one. */
function comparable(lines: readonly Line[]): string[] {
  const texts = lines.map(({ access, register, size, value }) => {
    const shown = value & (addresses[register] ?? ~0n);
    return `${access} ${size} ${register} 0x${shown.toString(16)}`;
  });
  return texts.filter((text, i) => !(text.startsWith("read 4 GSTS") && text === texts[i - 1]));
}

function logged(): Line[] {
  return parseLinuxLog(readFileSync(log, "utf8"))
    .filter((event): event is Logged => event.kind === "register")
    .map(({ access, name, size, value }) => ({ access, register: name, size, value }));
}

async function boot(capabilities: Record<string, number> = {}) {
  const { memory, iommu, frames } = await bootUnit(capabilities);
  const lines: Line[] = [];
  const note = ({ access, register, size }: RegisterAccess, value: bigint) => {
    lines.push({ access, register, size, value });
  };
  const booted = runAccesses(iommu, bootSequence({ memory, frames }), note);
  return { iommu, booted, lines, note };
}

const registersOf = (lines: readonly Line[]) => lines.map(({ register }) => register);

describe("the boot sequence of the driver", () => {
  it("is that of Linux 7.2, access for access, from the first register to power-off", async () => {
    const { iommu, booted, lines, note } = await boot();
    runAccesses(iommu, shutdownSequence(booted), note);
    expect(comparable(lines)).toEqual(comparable(logged()));
    expect(comparable(lines)).toHaveLength(38);
  });

  it("leaves the unit translating, with both queues where it says", async () => {
    const { iommu, booted } = await boot();
    expect(iommu.read32(0x1c) >>> 0).toBe(0xc400_0000);
    expect(iommu.read64(0x20)).toBe(booted.tables.rootTableAddress);
    expect(booted.pageRequestQueue?.bytes).toBe(65_536);
    expect(iommu.read64(0xd0)).toBe(booted.pageRequestQueue!.base | 4n);
  });

  it("§6.6: invalidates the caches itself where setting the root table does not", async () => {
    const { iommu, lines } = await boot({ ESRTPS: 0 });
    expect(registersOf(lines).filter((register) => register === "IQT")).toHaveLength(4);
    expect(iommu.counters().descriptors).toBe(6n);
  });

  it("reads what enhanced commands there are", async () => {
    const { lines } = await boot({ ECMDS: 1, PMS: 1 });
    expect(registersOf(lines)).toContain("ECCAP3");
  });

  it("turns protected memory off at the end", async () => {
    const { lines } = await boot({ PLMR: 1 });
    expect(registersOf(lines).slice(-3)).toEqual(["PMEN", "PMEN", "PMEN"]);
  });

  it("flushes the write buffer where that is required", async () => {
    const { memory, iommu, frames } = await bootUnit();
    // A unit with RWBF has no scalable mode, so a window stands for it that shows both.
    const window = windowOver(iommu, {
      read64: (offset) => iommu.read64(offset) | (offset === 0x08 ? 1n << 4n : 0n),
    });
    const commands = bootCommands(window, { memory, frames });
    expect(commands.filter((value) => (value & (1n << 27n)) !== 0n)).toHaveLength(2);
  });

  it("turns translation off first if firmware left it on", async () => {
    const { memory, iommu, frames } = await bootUnit();
    runAccesses(iommu, bootSequence({ memory, frames }));
    const commands = bootCommands(iommu, { memory, frames });
    expect(commands.slice(0, 3)).toEqual([0x8000_0000n, 0x8400_0000n, 0x400_0000n]);
  });

  it("§7.2: takes and clears the faults that are pending", async () => {
    const { memory, iommu, frames } = await bootUnit();
    runAccesses(iommu, bootSequence({ memory, frames }));
    const denied = iommu.translate({ sourceId: 0x10, address: 0x1000n, access: "read" });
    expect(denied).toMatchObject({ status: "fault", record: "recorded" });
    const seen: string[] = [];
    runAccesses(iommu, bootSequence({ memory, frames }), ({ register }) => {
      seen.push(register);
    });
    expect(seen.slice(6, 12)).toEqual(["FSTS", "FRCD+12", "FRCD+8", "FRCD+0", "FRCD+12", "FSTS"]);
    expect(iommu.read32(0x34) & 3).toBe(0);
  });
});

describe("a unit that the driver cannot use", () => {
  it("is refused with what it lacks", async () => {
    const memory = GuestMemory.create({ size: 2 ** 20 });
    const iommu = await Iommu.create({ memory, preset: "legacy" });
    const frames = new FrameAllocator({ start: 0x1000n, end: 2n ** 20n });
    expect(() => runAccesses(iommu, bootSequence({ memory, frames }))).toThrow(
      "ECAP.SMTS is clear",
    );
  });

  it("is given up when a status never changes", async () => {
    const { memory, iommu, frames } = await bootUnit();
    const dead = {
      read32: () => 0,
      read64: (offset: number) => iommu.read64(offset),
      write32: () => undefined,
      write64: () => undefined,
    };
    expect(() => runAccesses(dead, bootSequence({ memory, frames }))).toThrow(UnitBroken);
  });
});
