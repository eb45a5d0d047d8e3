import { beforeEach, expect, it } from "vitest";

import { GuestClock, type ClockedParts } from "../../../host/emulators/v86/guest-clock.js";

let log: string[];
let work: number;
let deadlines: number;
let clock: GuestClock;
let onTick: () => void;

const parts: ClockedParts = {
  tick: () => {
    log.push("tick");
    work = Math.max(0, work - 1);
    onTick();
  },
  busy: () => work > 0,
  skipToDeadline: () => {
    if (deadlines === 0) return false;
    deadlines -= 1;
    log.push("deadline");
    return true;
  },
};

beforeEach(() => {
  log = [];
  work = 0;
  deadlines = 0;
  onTick = () => undefined;
  clock = new GuestClock(parts);
});

it("passes one tick for each access of the guest", () => {
  work = 5;
  clock.access();
  clock.access();
  expect(log).toEqual(["tick", "tick"]);
});

it("passes no tick after a block of guest code with an access in it", () => {
  work = 5;
  clock.access();
  expect(clock.pause(false)).toBe(false);
  expect(log).toEqual(["tick"]);
});

it("passes ticks until nothing is left when the guest is halted, or made no access for a block", () => {
  work = 3;
  clock.access();
  expect(clock.pause(true)).toBe(false);
  expect(log).toHaveLength(3);
  work = 2;
  expect(clock.pause(false)).toBe(false);
  expect(log).toHaveLength(5);
});

it("stops at the first message-signalled interrupt, and keeps v86 from sleeping", () => {
  work = 5;
  onTick = () => {
    if (work === 3) clock.interrupt();
  };
  expect(clock.pause(true)).toBe(true);
  expect(work).toBe(3);
  expect(clock.pause(true)).toBe(false);
  expect(work).toBe(0);
});

it("passes no tick while an interrupt of an access waits for v86", () => {
  work = 5;
  clock.access();
  clock.interrupt();
  expect(clock.pause(true)).toBe(true);
  expect(work).toBe(4);
  clock.pause(true);
  expect(work).toBe(0);
});

it("jumps to the unit's deadline when nothing else is left to do", () => {
  work = 1;
  deadlines = 1;
  expect(clock.pause(true)).toBe(false);
  expect(log).toEqual(["tick", "deadline"]);
});

it("lets the emulator have its turn while an endpoint never comes to rest", () => {
  work = Infinity;
  expect(clock.pause(true)).toBe(true);
  expect(log.length).toBeLessThan(10_000);
});
