import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BackgroundClock } from "../../../host/emulators/vfio-user/background-clock.js";

const PATIENCE = 100;

/** Work to do in ticks, and a deadline or none. */
let work: number;
let deadline: boolean;
let ticks: number;
let jumps: number;
let clock: BackgroundClock;

beforeEach(() => {
  vi.useFakeTimers();
  [work, deadline, ticks, jumps] = [0, false, 0, 0];
  const parts = {
    tick: () => {
      ticks += 1;
      work -= 1;
    },
    busy: () => work > 0,
    awaitsDeadline: () => deadline,
    skipToDeadline: () => {
      jumps += 1;
      deadline = false;
    },
  };
  clock = new BackgroundClock(parts, PATIENCE);
});
afterEach(() => {
  clock.stop();
  vi.useRealTimers();
});

/** Register accesses, one each 10 ms, for so many milliseconds. */
function poll(milliseconds: number): void {
  for (let passed = 0; passed < milliseconds; passed += 10) {
    clock.wake();
    vi.advanceTimersByTime(10);
  }
}

describe("the clock beside a QEMU", () => {
  it("ticks while there is work, in turns", () => {
    work = 1000;
    clock.wake();
    vi.advanceTimersByTime(10);
    expect([ticks, jumps]).toEqual([1000, 0]);
  });

  it("jumps to the deadline when nothing else is left", () => {
    deadline = true;
    clock.wake();
    vi.advanceTimersByTime(PATIENCE - 1);
    expect(jumps).toBe(0);
    vi.advanceTimersByTime(2);
    expect([ticks, jumps]).toEqual([0, 1]);
  });

  it("jumps also while the guest polls registers, as Linux does until an invalidation is done", () => {
    deadline = true;
    poll(PATIENCE - 20);
    expect(jumps).toBe(0);
    poll(40);
    expect(jumps).toBe(1);
  });

  it("does not jump when there was work in between, or the deadline went away", () => {
    deadline = true;
    poll(PATIENCE - 20);
    work = 1;
    poll(PATIENCE - 20);
    expect([ticks, jumps]).toEqual([1, 0]);
    deadline = false;
    poll(2 * PATIENCE);
    expect([ticks, jumps]).toEqual([1, 0]);
  });

  it("stands still when it was stopped", () => {
    [work, deadline] = [10, true];
    clock.wake();
    clock.stop();
    vi.advanceTimersByTime(10 * PATIENCE);
    expect([ticks, jumps]).toEqual([0, 0]);
  });
});
