import { describe, expect, it } from "vitest";
import { explore, responseAgainstRemoval } from "../../../host/driver/index.js";

describe("a response against the removal of its device", () => {
  it.each(["mutex", "refcount-grace", "epoch"])(
    "%s: breaks no rule in any order",
    async (variant) => {
      const result = await explore(responseAgainstRemoval, { variant });
      expect(result).toMatchObject({ exhaustive: true, violations: [] });
    },
  );

  it("refcount: a reader between the pointer and the count finds memory that is gone", async () => {
    const { violations } = await explore(responseAgainstRemoval, { variant: "refcount" });
    const [found] = violations;
    expect(found!.message).toBe("FaultParam#0.1 is used, remover freed it");
    const last = found!.run.steps.filter(({ task }) => task === "reporter").slice(-2);
    expect(last.map(({ verb }) => verb)).toEqual(["follow", "take a reference, unless zero, of"]);
  });

  it("reobtain: an answer reaches the data of another life of the device", async () => {
    const { violations } = await explore(responseAgainstRemoval, { variant: "reobtain" });
    expect(violations[0]!.message).toMatch(
      /^a group of FaultParam#0\.1 is answered as one of FaultParam#\d\.\d$/,
    );
  });
});
