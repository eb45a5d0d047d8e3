import { describe, expect, it } from "vitest";
import { modelledCycles, type ReclaimOptions } from "viommu/driver";
import { runTableLoad } from "../../../host/driver/load/index.js";

const ROUNDS = 20;
const small = { rounds: ROUNDS, scans: 40 };

/** A table of 4 KiB pages goes in each round, by the large page; two more go with the domain. */
const FREED = ROUNDS + 2;

describe("page tables that change while they are scanned", () => {
  it("gather, with scans that hold the range: pages wait for the flush alone", async () => {
    const { violation, reclaim, locks, paths } = await runTableLoad(small);
    expect(violation).toBeUndefined();
    expect(reclaim).toMatchObject({ freed: FREED, callbacks: 0, deferredBytes: 0 });
    expect(locks.contended).toBeGreaterThan(0);
    expect(locks.contended).toBeLessThan(locks.acquisitions);
    expect(paths.walk).toMatchObject({ calls: 80, bytes: 80n * 0x4000n });
    expect(modelledCycles(paths.walk)).toBe(paths.walk.loads * 14);
  });

  const rcu: readonly [string, ReclaimOptions, number][] = [
    ["rcu-domain", { policy: "rcu-domain" }, ROUNDS + 1],
    ["rcu-ops, a callback a page", { policy: "rcu-ops", callbacks: "page" }, FREED],
    ["rcu-always", { policy: "rcu-always" }, ROUNDS],
  ];
  it.each(rcu)(
    "%s, with scans that hold nothing: no rule breaks",
    async (_, reclaim, callbacks) => {
      const free = await runTableLoad({ ...small, reclaim, locked: false });
      expect(free.violation).toBeUndefined();
      expect(free.reclaim).toMatchObject({ freed: FREED, callbacks, deferredBytes: 0 });
      const { locks } = await runTableLoad(small);
      expect(free.locks.contended).toBeLessThan(locks.contended);
    },
  );

  it("gather, with scans that hold nothing, ends at a freed page", async () => {
    const { violation } = await runTableLoad({ ...small, locked: false });
    expect(violation).toBe("D-I1");
  });

  it("is the same with the same seed", async () => {
    const [one, same, other] = [
      await runTableLoad({ ...small, seed: 7 }),
      await runTableLoad({ ...small, seed: 7 }),
      await runTableLoad({ ...small, seed: 8 }),
    ];
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it("refuses numbers out of range", async () => {
    await expect(runTableLoad({ rounds: 501 })).rejects.toThrow(
      "rounds is 501: expected a whole number from 1 to 500",
    );
  });
});
