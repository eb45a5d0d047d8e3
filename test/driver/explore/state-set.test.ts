import fc from "fast-check";
import { expect, it } from "vitest";
import { StateSet } from "../../../host/driver/explore/state-set.js";

it("counts different states, however many and whatever their numbers", () => {
  const states = fc.array(
    fc.maxSafeNat().map((n) => n % 2 ** 52),
    { maxLength: 3000 },
  );
  fc.assert(
    fc.property(states, (numbers) => {
      const set = new StateSet();
      for (const number of [...numbers, ...numbers, 0, 1]) set.add(number);
      expect(set.size).toBe(new Set([...numbers, 0, 1]).size);
    }),
    { numRuns: 20 },
  );
});
