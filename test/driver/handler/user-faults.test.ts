import { describe, expect, it } from "vitest";

import { UserFaultsWorld } from "./user-faults-world.js";

const PAGE_REQUESTS_SENT = 0x4cn;
const RESPONSES_SUCCESS = 0x50n;
const UNEXPECTED_RESPONSES = 0x60n;

/**
 * dma-engine, unit, page request queue, its thread, the I/O page fault core, iommufd, read(2) by a program, which maps
 * and writes its answer, the page group response, and the engine's retry.
 */
describe("page faults from the device to a program and back", () => {
  it.each([
    { groups: 10_000, engines: 4, handlers: 1, seed: 1 },
    { groups: 500, engines: 8, handlers: 3, seed: 2 },
    { groups: 500, engines: 1, handlers: 2, seed: 3 },
  ])(
    "$groups groups of $engines engines, $handlers handlers, seed $seed: none is lost, doubled or out of order",
    async ({ groups, ...options }) => {
      const world = await UserFaultsWorld.create(options);
      expect(world.run(groups)).toBeUndefined();
      expect(world.transfers).toBe(groups);
      const handled = world.handlers.map(({ handled }) => handled);
      const sum = (of: "groups" | "messages" | "refused" | "late") =>
        handled.reduce((total, each) => total + each[of], 0);
      expect([sum("groups"), sum("messages")]).toEqual([groups, world.pages]);
      expect([sum("refused"), sum("late")]).toEqual([0, 0]);
      expect(world.total(PAGE_REQUESTS_SENT)).toBe(world.pages);
      expect(world.total(RESPONSES_SUCCESS)).toBe(groups);
      expect(world.total(UNEXPECTED_RESPONSES)).toBe(0);
      const { pageGroupResponses, faults } = world.machine.units[0]!.counters();
      expect([pageGroupResponses, faults]).toEqual([BigInt(groups), 0n]);
    },
    240_000,
  );
});
