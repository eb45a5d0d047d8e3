import { expect, it } from "vitest";

import {
  addToConfigPorts,
  ecamOf,
  requireFreePlace,
} from "../../../host/emulators/v86/pci-config.js";
import { ConfigSpace } from "../../../host/pci/config-space.js";
import { loadGuest, loopOf } from "./guest.js";
import { guestImage, x86, type Code } from "./guest-code.js";

const OURS = 0x10;
const HOST_BRIDGE = 0x00;
const POWER_MANAGEMENT = 0x38;
const SAVED = 0x8000;
const address = (id: number, register: number): number => 0x8000_0000 + (id << 8) + register;

function ourFunction(): ConfigSpace {
  const config = new ConfigSpace();
  config.define({ at: 0, size: 4, value: 0xd3a1_1234 });
  config.define({ at: 4, size: 2, value: 0, writable: 0x6 });
  config.define({ at: 0x40, size: 4, value: 0x55, writable: 0xff00 });
  config.define({ at: 0x100, size: 4, value: 0x0001_000f });
  return config;
}

async function run(config: ConfigSpace, ...code: readonly Code[]): Promise<(i: number) => number> {
  const guest = await loadGuest(guestImage(...code, x86.exit(0)));
  addToConfigPorts(guest.cpu, new Map([[OURS, config]]));
  const loop = loopOf(guest);
  await guest.emulator.run();
  expect(await loop.ending).toEqual({ kind: "exit", code: 0 });
  return (index) =>
    new DataView(guest.emulator.read_memory(SAVED + 4 * index, 4).slice().buffer).getUint32(
      0,
      true,
    );
}

const select = (id: number, register: number): Code => x86.out32(0xcf8, address(id, register));
const readTo = (index: number): Code => [...x86.in32(0xcfc), ...x86.save(SAVED + 4 * index)];

it("answers CF8 and CFC with the configuration space of an added function", async () => {
  const saved = await run(ourFunction(), select(OURS, 0), readTo(0));
  expect(saved(0)).toBe(0xd3a1_1234);
});

it("keeps v86's own functions and absent ones as they are", async () => {
  const saved = await run(
    ourFunction(),
    ...[select(HOST_BRIDGE, 0), readTo(0), select(OURS + 1, 0), readTo(1)],
  );
  expect(saved(0)).toBe(0x1237_8086);
  expect(saved(1)).toBe(0xffff_ffff);
});

it("applies the write masks of an added function, for accesses of each size", async () => {
  const config = ourFunction();
  await run(
    config,
    ...[select(OURS, 0), x86.out32(0xcfc, 0)],
    ...[select(OURS, 4), x86.out32(0xcfc, 0xffff_ffff)],
    select(OURS, 0x40),
    [0xb0, 0xab, 0x66, 0xba, 0xfd, 0x0c, 0xee],
  );
  expect(config.get(0, 4)).toBe(0xd3a1_1234);
  expect(config.get(4, 2)).toBe(6);
  expect(config.get(0x40, 4)).toBe(0xab55);
});

it("shows what a function changed by itself after its address was selected", async () => {
  const config = ourFunction();
  config.watch(0x40, 4, () => {
    config.set(0x40, 4, 0x99);
  });
  const saved = await run(config, select(OURS, 0x40), x86.out32(0xcfc, 0x1200), readTo(0));
  expect(saved(0)).toBe(0x99);
});

it("refuses a place where v86 has a function of its own, and other buses than 0", async () => {
  const { cpu } = await loadGuest(undefined);
  expect(() => {
    requireFreePlace(cpu, POWER_MANAGEMENT);
  }).toThrow(/function 00:07\.0 is taken by v86's own/);
  expect(() => {
    requireFreePlace(cpu, 0x100);
  }).toThrow(/bus 0 only/);
  expect(() => {
    requireFreePlace(cpu, OURS);
  }).not.toThrow();
});

it("shows 4 KiB of an added function through ECAM, 256 bytes of v86's own, and nothing else", async () => {
  const { cpu } = await loadGuest(undefined);
  const ecam = ecamOf(cpu, new Map([[OURS, ourFunction()]]));
  const read = (id: number, register: number) => ecam.read((id << 12) | register, 4) >>> 0;
  expect(read(OURS, 0)).toBe(0xd3a1_1234);
  expect(read(OURS, 0x100)).toBe(0x0001_000f);
  expect(read(HOST_BRIDGE, 0)).toBe(0x1237_8086);
  expect(ecam.read((HOST_BRIDGE << 12) | 2, 2) & 0xffff).toBe(0x1237);
  expect(read(HOST_BRIDGE, 0x100)).toBe(0);
  expect(read(OURS + 1, 0)).toBe(0xffff_ffff);
});

it("writes through ECAM to both kinds of function, the command register of v86's own too", async () => {
  const { cpu } = await loadGuest(undefined);
  const config = ourFunction();
  const ecam = ecamOf(cpu, new Map([[OURS, config]]));
  ecam.write((OURS << 12) | 5, 1, 0xff);
  ecam.write((OURS << 12) | 4, 1, 0xff);
  expect(config.get(4, 2)).toBe(6);
  ecam.write((POWER_MANAGEMENT << 12) | 4, 4, 0x0003);
  expect(ecam.read((POWER_MANAGEMENT << 12) | 4, 2) & 0xffff).toBe(3);
  ecam.write((POWER_MANAGEMENT << 12) | 4, 2, 0x0001);
  expect(ecam.read((POWER_MANAGEMENT << 12) | 4, 2) & 0xffff).toBe(1);
});
